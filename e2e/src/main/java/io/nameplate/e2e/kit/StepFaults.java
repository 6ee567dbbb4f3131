package io.nameplate.e2e.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Faults at the steps of a copy's worker (docs/sandbox.md, "Faults at steps"). Safe to share
/// between threads.
public final class StepFaults {
  private final Path file;
  private final Path met;

  StepFaults(Path data) {
    file = data.resolve("faults");
    met = data.resolve("faults.met");
  }

  /// Plans faults besides those there are.
  public void plan(Collection<String> lines) {
    change(planned -> planned.addAll(lines));
  }

  /// Takes faults back; whoever is held by one goes on.
  public void lift(Collection<String> lines) {
    var all = new HashSet<>(lines);
    change(planned -> planned.removeIf(all::contains));
  }

  /// Takes all faults back.
  public void liftAll() {
    change(List::clear);
  }

  /// The lines that have struck so far.
  public Set<String> met() {
    try {
      return Set.copyOf(Files.readAllLines(met));
    } catch (NoSuchFileException _) {
      return Set.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Forgets what has struck so far.
  public void forgetMet() {
    try {
      Files.deleteIfExists(met);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What is done with the lines there are.
  private interface Edit {
    void apply(List<String> lines);
  }

  private synchronized void change(Edit edit) {
    try (var open =
            FileChannel.open(
                file,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE);
        var _ = open.lock()) {
      var content = ByteBuffer.allocate((int) open.size());
      while (content.hasRemaining() && open.read(content) >= 0) {
        // a file comes in one piece or in several
      }
      var lines = new ArrayList<>(UTF_8.decode(content.flip()).toString().lines().toList());
      edit.apply(lines);
      var text = new StringBuilder();
      lines.forEach(line -> text.append(line).append('\n'));
      open.truncate(0);
      open.position(0);
      var bytes = UTF_8.encode(text.toString());
      while (bytes.hasRemaining()) {
        open.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
