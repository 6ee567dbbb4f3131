package io.nameplate.workflows.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nameplate.workflows.faults.PlannedFault.Kind;
import io.nameplate.workflows.faults.PlannedFault.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/// Planned faults in a file, one a line, written while the worker runs. Whoever is struck takes the
/// line out first, so that it happens once, also across a restart; a `hold` stays until somebody
/// else takes it out. A file beside it, `….met`, gets each line at the moment it strikes.
///
/// Who changes the file holds its lock (`FileChannel#lock`); appending a line needs none.
public final class FaultFile {
  private final Path file;
  private final Path met;

  public FaultFile(Path file) {
    this.file = file;
    this.met = file.resolveSibling(file.getFileName() + ".met");
  }

  /// Takes the first fault that strikes here; empty: none does.
  synchronized Optional<PlannedFault> take(String step, Moment moment, String workflowId) {
    try (var open = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var _ = open.lock()) {
      var lines = lines(open);
      for (var line : lines) {
        var fault =
            PlannedFault.parse(line).filter(planned -> planned.strikes(step, moment, workflowId));
        if (fault.isPresent()) {
          meet(line);
          if (fault.get().kind() != Kind.HOLD) {
            write(open, lines.stream().filter(other -> !other.equals(line)).toList());
          }
          return fault;
        }
      }
      return Optional.empty();
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether a fault is still planned.
  synchronized boolean plans(PlannedFault fault) {
    try (var open = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var _ = open.lock()) {
      return lines(open).stream()
          .flatMap(line -> PlannedFault.parse(line).stream())
          .anyMatch(fault::equals);
    } catch (NoSuchFileException _) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void meet(String line) throws IOException {
    Files.writeString(
        met, line + "\n", UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static List<String> lines(FileChannel open) throws IOException {
    var content = ByteBuffer.allocate((int) open.size());
    while (content.hasRemaining() && open.read(content) >= 0) {
      // a file comes in one piece or in several
    }
    return UTF_8.decode(content.flip()).toString().lines().toList();
  }

  private static void write(FileChannel open, List<String> lines) throws IOException {
    var text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    open.truncate(0);
    open.position(0);
    var content = UTF_8.encode(text.toString());
    while (content.hasRemaining()) {
      var _ = open.write(content);
    }
  }
}
