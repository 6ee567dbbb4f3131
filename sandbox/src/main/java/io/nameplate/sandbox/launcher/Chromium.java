package io.nameplate.sandbox.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The browser of the dashboard's tests: found, else installed through the system's packages where
/// that is allowed.
final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final Path ON_MAC =
      Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
  private static final String HOW =
      "Chromium is missing. Get it with: sudo apt-get install chromium (Debian), sudo dnf install"
          + " chromium (Fedora), brew install --cask google-chrome (macOS)";

  private final Progress progress;
  private final Path log;

  Chromium(Progress progress, Path log) {
    this.progress = progress;
    this.log = log;
  }

  Path get() {
    return found().orElseGet(this::installed);
  }

  private static Optional<Path> found() {
    Optional<Path> onPath =
        NAMES.stream().flatMap(name -> Executables.onPath(name).stream()).findFirst();
    return onPath.or(() -> Optional.of(ON_MAC).filter(Files::isExecutable));
  }

  private Path installed() {
    if (Executables.onPath("apt-get").isEmpty()) {
      throw new Refusal(HOW);
    }
    Optional<List<String>> rights = rights();
    if (rights.isEmpty()) {
      throw new Refusal(HOW);
    }
    progress.say("installing Chromium with apt-get");
    run(rights.get(), List.of("apt-get", "update", "-q"));
    run(
        rights.get(),
        List.of("apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"));
    return found().orElseThrow(() -> new Refusal(HOW));
  }

  private void run(List<String> rights, List<String> command) {
    Executables.run(
        String.join(" ", command),
        Stream.concat(rights.stream(), command.stream()).toList(),
        Path.of("/"),
        Map.of("DEBIAN_FRONTEND", "noninteractive"),
        log);
  }

  /// What has to stand before a command for it to act as root without asking; empty when nothing
  /// helps.
  private static Optional<List<String>> rights() {
    if (System.getProperty("user.name").equals("root")) {
      return Optional.of(new ArrayList<>());
    }
    return Executables.output(List.of("sudo", "-n", "true")).map(_ -> List.of("sudo", "-n", "-E"));
  }
}
