package io.nameplate.workflows.faults;

import io.nameplate.workflows.faults.PlannedFault.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Planned faults in a file, one a line. Whoever is struck by one takes it out first, so that each
/// happens once, also across a restart. Written while the worker runs.
public final class FaultFile {
  private final Path file;

  public FaultFile(Path file) {
    this.file = file;
  }

  /// Takes the first fault that strikes here; empty: none does.
  synchronized Optional<PlannedFault> take(String step, Moment moment) {
    var lines = lines();
    for (var line : lines) {
      var fault = PlannedFault.parse(line).filter(planned -> planned.strikes(step, moment));
      if (fault.isPresent()) {
        write(lines.stream().filter(other -> !other.equals(line)).toList());
        return fault;
      }
    }
    return Optional.empty();
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(List<String> lines) {
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
