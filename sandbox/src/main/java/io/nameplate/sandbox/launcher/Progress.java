package io.nameplate.sandbox.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;

/// What is going on, for people: one line each on stderr with the seconds since the beginning.
final class Progress {
  private final PrintStream out;
  private final InstantSource clock;
  private final java.time.Instant began;

  Progress(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    this.began = clock.instant();
  }

  void say(String sentence) {
    out.println(String.format(Locale.ROOT, "%6.1f s  %s", seconds(), sentence));
    out.flush();
  }

  double seconds() {
    return Duration.between(began, clock.instant()).toMillis() / 1000.0;
  }
}
