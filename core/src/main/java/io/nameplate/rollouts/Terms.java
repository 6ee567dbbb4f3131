package io.nameplate.rollouts;

import java.time.Duration;

/// On what terms a change goes on from the first node to the others.
///
/// @param watched how long the first node has to run it
/// @param tries how many tries of visitors it has to answer meanwhile
/// @param marginPerMille how many failures more in a thousand tries are no reason to stop
public record Terms(Duration watched, long tries, int marginPerMille) {
  /// Ten minutes show what builds up slowly, such as memory or connections. In 500 tries a margin
  /// of one in a hundred is five failures, which one visitor's bad minute does not bring about by
  /// itself.
  public static final Terms DEFAULT = new Terms(Duration.ofMinutes(10), 500, 10);

  /// A cluster without visitors goes on after this many times the watched time.
  private static final int IDLE_FACTOR = 3;

  public Terms {
    if (watched.isNegative() || watched.isZero()) {
      throw new IllegalArgumentException("watched: %s (expected: more than 0)".formatted(watched));
    }
    if (tries < 1) {
      throw new IllegalArgumentException("tries: %d (expected: 1 or more)".formatted(tries));
    }
    if (marginPerMille < 0 || marginPerMille > 1000) {
      throw new IllegalArgumentException(
          "margin: %d in a thousand (expected: 0 to 1000)".formatted(marginPerMille));
    }
  }

  Duration idle() {
    return watched.multipliedBy(IDLE_FACTOR);
  }
}
