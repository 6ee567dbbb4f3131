package io.nameplate.workflows.certificates;

import io.nameplate.certificates.CaFault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/// Repeats what the CA did not answer: a few times at once, which costs nothing in a history, then
/// much later.
final class Patience {
  // 0.2 + 1 + 3 s: a reply lost, a restart. What takes longer is said to people.
  private static final Duration[] WAITS = {
    Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(3)
  };
  // Of the minute that a step has.
  private static final Duration LONGEST_STAY = Duration.ofSeconds(20);
  private static final Duration SHORTEST = Duration.ofSeconds(5);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Pulse pulse;
  private final InstantSource clock;

  Patience(Pulse pulse, InstantSource clock) {
    this.pulse = pulse;
    this.clock = clock;
  }

  /// @throws CaFault if the last repetition failed too, or the CA named a later moment
  <T> T with(Supplier<T> work) {
    var until = clock.instant().plus(LONGEST_STAY);
    for (int turn = 0; ; turn++) {
      try {
        return work.get();
      } catch (CaFault fault) {
        if (turn == WAITS.length
            || namesLaterThan(fault, WAITS[turn])
            || clock.instant().isAfter(until)) {
          throw fault;
        }
        pulse.rest(WAITS[turn]);
      }
    }
  }

  private boolean namesLaterThan(CaFault fault, Duration wait) {
    var next = clock.instant().plus(wait);
    return fault.retryAfter().filter(next::isBefore).isPresent();
  }

  /// When to try again: when the CA said so, else after a quarter of the time that this try has
  /// taken so far, within 5 seconds and 10 minutes.
  static Instant retryAt(CaFault fault, Instant begun, Instant now) {
    var quarter = Duration.between(begun, now).dividedBy(4);
    var wait = quarter.compareTo(SHORTEST) < 0 ? SHORTEST : quarter;
    var byAge = now.plus(wait.compareTo(LONGEST) < 0 ? wait : LONGEST);
    return fault.retryAfter().filter(now::isBefore).orElse(byAge);
  }
}
