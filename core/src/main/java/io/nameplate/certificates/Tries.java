package io.nameplate.certificates;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The failed tries at a name, and whether it may be tried again.
///
/// After the first failure a minute, then 10, then 100, then daily: four tries in the first 111
/// minutes and one on each of the days after make 34 in 30 days. Tries that the CA lost do not
/// count.
///
/// @param inThirtyDays when tries at the hostname failed, whoever held it, oldest first
/// @param inARow how many of this domain's tries failed since its last certificate
/// @param lastInARow when the last of those failed; empty when there was none
public record Tries(List<Instant> inThirtyDays, int inARow, Optional<Instant> lastInARow) {
  /// How many tries at one name may fail in thirty days.
  public static final int LIMIT = 34;

  /// The span in which they are counted.
  public static final Duration SPAN = Duration.ofDays(30);

  private static final List<Duration> WAITS =
      List.of(
          Duration.ofMinutes(1),
          Duration.ofMinutes(10),
          Duration.ofMinutes(100),
          Duration.ofDays(1));

  public Tries {
    inThirtyDays = List.copyOf(inThirtyDays);
  }

  /// No failure known.
  public static Tries none() {
    return new Tries(List.of(), 0, Optional.empty());
  }

  /// Whether the limit is reached at `now`.
  public boolean usedUp(Instant now) {
    return countedFrom(now.minus(SPAN)).size() >= LIMIT;
  }

  /// From when on the next try is allowed; a moment that is not after `now` means: now.
  public Instant nextFrom(Instant now) {
    var bySchedule =
        lastInARow
            .map(last -> last.plus(WAITS.get(Math.min(inARow, WAITS.size()) - 1)))
            .orElse(now);
    var counted = countedFrom(now.minus(SPAN));
    if (counted.size() < LIMIT) {
      return bySchedule;
    }
    var byLimit = counted.get(counted.size() - LIMIT).plus(SPAN);
    return byLimit.isAfter(bySchedule) ? byLimit : bySchedule;
  }

  private List<Instant> countedFrom(Instant from) {
    return inThirtyDays.stream().filter(failed -> failed.isAfter(from)).toList();
  }
}
