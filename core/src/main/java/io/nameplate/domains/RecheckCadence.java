package io.nameplate.domains;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How often a domain is looked at while its records are not right: in seconds at first, then
/// slower, and not at all after seven days. A change of what is seen starts the schedule again, so
/// a person at a DNS panel gets an answer in seconds.
public final class RecheckCadence {
  /// After so long without success nobody looks any more until somebody asks.
  public static final Duration GIVES_UP_AFTER = Duration.ofDays(7);

  private static final List<Phase> PHASES =
      List.of(
          new Phase(Duration.ofMinutes(1), Duration.ofSeconds(1)), // 60 looks, 60 in total
          new Phase(Duration.ofMinutes(10), Duration.ofSeconds(5)), // 108 looks, 168 in total
          new Phase(Duration.ofHours(1), Duration.ofSeconds(15)), // 200 looks, 368 in total
          new Phase(Duration.ofHours(6), Duration.ofMinutes(1)), // 300 looks, 668 in total
          new Phase(Duration.ofDays(1), Duration.ofMinutes(5)), // 216 looks, 884 in total
          new Phase(GIVES_UP_AFTER, Duration.ofMinutes(15))); // 576 looks, 1,460 in total

  private RecheckCadence() {}

  /// When to look next.
  ///
  /// @param changed when what was seen last changed
  /// @param begun when the seven days began
  /// @return empty: given up
  public static Optional<Instant> next(Instant changed, Instant begun, Instant now) {
    if (Duration.between(begun, now).compareTo(GIVES_UP_AFTER) >= 0) {
      return Optional.empty();
    }
    var from = changed.isAfter(begun) ? changed : begun;
    var age = Duration.between(from, now);
    return PHASES.stream()
        .filter(phase -> age.compareTo(phase.until) < 0)
        .findFirst()
        .map(phase -> now.plus(phase.every));
  }

  private record Phase(Duration until, Duration every) {}
}
