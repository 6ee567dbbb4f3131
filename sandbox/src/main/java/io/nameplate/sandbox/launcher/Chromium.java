package io.nameplate.sandbox.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The browser of the dashboard's tests.
final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private static final List<Path> ON_MAC =
      List.of(
          Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
          Path.of("/Applications/Chromium.app/Contents/MacOS/Chromium"));

  private Chromium() {}

  /// The first one that runs. Some systems have a program of this name that only says how to get
  /// the real one.
  static Optional<Path> found() {
    return Stream.concat(
            NAMES.stream().flatMap(name -> Executables.onPath(name).stream()),
            ON_MAC.stream().filter(Files::isExecutable))
        .filter(Chromium::runs)
        .findFirst();
  }

  static boolean runs(Path program) {
    return Executables.output(List.of(program.toString(), "--version"), Duration.ofSeconds(60))
        .filter(said -> said.toLowerCase(Locale.ROOT).matches("(?s).*chrom(e|ium)\\D*\\d+\\..*"))
        .isPresent();
  }
}
