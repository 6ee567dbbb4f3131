package io.nameplate.sandbox.launcher;

import java.util.stream.Stream;

/// How many tests ran, and how many of them failed or were skipped.
record Tally(int run, int failed, int skipped) {
  static final Tally NOTHING = new Tally(0, 0, 0);

  Tally and(Tally other) {
    return new Tally(run + other.run, failed + other.failed, skipped + other.skipped);
  }

  /// The last line of `./nameplate test`. A gate that did not pass counts as failed, and so does a
  /// kind of tests of which none ran.
  static String line(Tally java, Tally go, Tally e2e, int brokenGates) {
    Tally all = java.and(go).and(e2e);
    int silent = (int) Stream.of(java, go, e2e).filter(each -> each.run == 0).count();
    return "java=%d go=%d e2e=%d failed=%d skipped=%d"
        .formatted(java.run, go.run, e2e.run, all.failed + brokenGates + silent, all.skipped);
  }
}
