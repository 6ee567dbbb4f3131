package io.nameplate.sandbox.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The system's own packages, where this process may install them: apt, as root or by sudo without
/// a password.
final class Packages {
  private final Progress progress;
  private final Path log;

  Packages(Progress progress, Path log) {
    this.progress = progress;
    this.log = log;
  }

  /// Whether there was a way to try. Refuses when it was tried and failed.
  boolean install(List<String> packages) {
    Optional<List<String>> rights = rights();
    if (Executables.onPath("apt-get").isEmpty() || rights.isEmpty()) {
      return false;
    }
    progress.say("installing %s with apt-get".formatted(String.join(", ", packages)));
    run(rights.get(), Stream.of("apt-get", "update", "-q"));
    run(
        rights.get(),
        Stream.concat(
            Stream.of("apt-get", "install", "-y", "-q", "--no-install-recommends"),
            packages.stream()));
    return true;
  }

  private void run(List<String> rights, Stream<String> command) {
    List<String> whole = Stream.concat(rights.stream(), command).toList();
    Executables.run(
        String.join(" ", whole),
        whole,
        Path.of("/"),
        Map.of("DEBIAN_FRONTEND", "noninteractive"),
        log);
  }

  /// What has to stand before a command for it to act as root without asking; empty when nothing
  /// helps.
  private static Optional<List<String>> rights() {
    if (System.getProperty("user.name").equals("root")) {
      return Optional.of(List.of());
    }
    return Executables.output(List.of("sudo", "-n", "true")).map(_ -> List.of("sudo", "-n", "-E"));
  }
}
