package io.nameplate.rollouts;

/// How often visitors wanted something, and how often that failed.
public record Tally(long tries, long failures) {
  static final Tally NONE = new Tally(0, 0);

  public Tally {
    if (tries < 0 || failures < 0) {
      throw new IllegalArgumentException(
          "tally: %d failures of %d tries (expected: 0 or more)".formatted(failures, tries));
    }
  }

  /// Failures in a thousand tries; 0 when there were none.
  double failuresPerMille() {
    return tries == 0 ? 0 : 1000.0 * failures / tries;
  }
}
