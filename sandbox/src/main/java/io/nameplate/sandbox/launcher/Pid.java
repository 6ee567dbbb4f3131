package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/// A process that a launcher started: its number, when it began, and what it was started from.
///
/// A number alone may since belong to somebody else's process; number and beginning together do
/// not.
record Pid(long number, String began, String fingerprint) {

  static Pid of(long number, String fingerprint) {
    return new Pid(number, beginning(number).orElse("gone"), fingerprint);
  }

  /// What the file says; empty when there is none or it is not whole.
  static Optional<Pid> read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.size() < 3
          ? Optional.empty()
          : Optional.of(new Pid(Long.parseLong(lines.get(0)), lines.get(1), lines.get(2)));
    } catch (IOException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  void write(Path file) throws IOException {
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    Files.write(whole, List.of(Long.toString(number), began, fingerprint));
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// The very process that was started; empty when it has ended, whoever has its number now.
  Optional<ProcessHandle> process() {
    return ProcessHandle.of(number)
        .filter(ProcessHandle::isAlive)
        .filter(_ -> beginning(number).equals(Optional.of(began)));
  }

  boolean alive() {
    return process().isPresent();
  }

  /// Ended, but nobody asked for its exit code yet: it holds nothing any more.
  static boolean zombie(long number) {
    return Files.isReadable(Path.of("/proc/" + number + "/stat")) && beginning(number).isEmpty();
  }

  /// When a process began: clock ticks since boot where the kernel tells (a zombie has ended), else
  /// what `ps` says. The launcher's shell half tells it the same way.
  private static Optional<String> beginning(long number) {
    Path stat = Path.of("/proc/" + number + "/stat");
    if (Files.isReadable(stat)) {
      try {
        return ticks(Files.readString(stat));
      } catch (IOException _) {
        return Optional.empty();
      }
    }
    if (Files.isDirectory(Path.of("/proc/self"))) {
      return Optional.empty();
    }
    return Executables.output(
            List.of("env", "LC_ALL=C", "ps", "-o", "lstart=", "-p", Long.toString(number)))
        .filter(began -> !began.isEmpty());
  }

  /// Field 22 of `/proc/PID/stat`. Field 2 is the program's name in parentheses and may contain
  /// anything.
  static Optional<String> ticks(String stat) {
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
    boolean zombie = afterName[0].equals("Z");
    return zombie || afterName.length < 20 ? Optional.empty() : Optional.of(afterName[19]);
  }

  /// Forgets a process that was stopped on purpose.
  static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
