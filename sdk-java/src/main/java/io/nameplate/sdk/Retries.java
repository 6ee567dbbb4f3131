package io.nameplate.sdk;

import java.time.Duration;
import java.util.Optional;

/// When to try again. With the defaults the pauses before the retries are at most 0.2, 0.4, 0.8 and
/// 1.6 s, 3 s in all.
///
/// @param most retries after the first try
/// @param first longest pause before the first retry; it doubles with each further one
/// @param longest what a pause never exceeds; a server that asks for more gets no retry, and the
///   caller its answer
record Retries(int most, Duration first, Duration longest) {

  static final Retries DEFAULT = new Retries(4, Duration.ofMillis(200), Duration.ofSeconds(20));

  /// Whether an answer with this status says "later". 502 and 504 come from proxies that got no
  /// answer themselves. A 409 that names a time means that the first try of this very call is still
  /// running.
  static boolean isLater(int status, boolean namesTime) {
    return status == 429
        || status == 502
        || status == 503
        || status == 504
        || (status == 409 && namesTime);
  }

  /// How long to wait before the next try, or empty if there is none. Half of a pause is random, so
  /// that clients that failed together do not come back together; what the server asks for is a
  /// lower bound.
  ///
  /// @param attempt tries made so far
  /// @param asked what the server's `Retry-After` says
  /// @param random between 0 (inclusive) and 1 (exclusive)
  Optional<Duration> pauseAfter(int attempt, Optional<Duration> asked, double random) {
    if (attempt > most || asked.filter(pause -> pause.compareTo(longest) > 0).isPresent()) {
      return Optional.empty();
    }
    var ceiling = Math.min(first.toMillis() << Math.min(attempt - 1, 20), longest.toMillis());
    var own = Duration.ofMillis(Math.round(ceiling * (0.5 + random / 2)));
    return Optional.of(asked.map(pause -> pause.plus(own.dividedBy(4))).orElse(own));
  }
}
