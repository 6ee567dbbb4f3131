package io.nameplate.domains;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// When a domain has to be looked at again at the latest. What is in the works is due soon as well:
/// a run that was lost is noticed by that.
final class Cadence {
  /// Longer than a step takes, and short enough that nothing is stuck for two minutes.
  static final Duration IN_THE_WORKS = Duration.ofSeconds(45);

  /// A served domain whose name stopped leading here: soon enough to tell an edit from a move.
  static final Duration IN_DOUBT = Duration.ofSeconds(12);

  private Cadence() {}

  /// When; empty: at rest until something happens.
  static Optional<Instant> dueAt(Standing standing, Duration watchEvery, Instant now) {
    if (NextStep.of(standing, now) != NextStep.REST) {
      return Optional.of(now.plus(IN_THE_WORKS));
    }
    return switch (standing.domain().wanted()) {
      case REMOVED, SUSPENDED -> Optional.empty();
      case SERVING ->
          standing.domain().wasActive() && standing.domain().claim().holder()
              ? Optional.of(ofServed(standing, watchEvery, now))
              : ofNew(standing, now);
    };
  }

  private static Instant ofServed(Standing standing, Duration watchEvery, Instant now) {
    var inDoubt =
        standing
            .condition(ConditionType.DNS)
            .filter(dns -> dns.state() == ConditionState.FAILING)
            .filter(dns -> dns.reason() != Reason.MOVED_AWAY)
            .filter(dns -> now.isBefore(dns.since().plus(watchEvery)))
            .isPresent();
    var next = now.plus(inDoubt && IN_DOUBT.compareTo(watchEvery) < 0 ? IN_DOUBT : watchEvery);
    return Stream.concat(
            Stream.of(next),
            standing.certificate().stream()
                .flatMap(certificate -> Stream.of(certificate.renewFrom(), certificate.notAfter()))
                .filter(moment -> moment.isAfter(now)))
        .min(Comparator.naturalOrder())
        .orElse(next);
  }

  private static Optional<Instant> ofNew(Standing standing, Instant now) {
    var retry =
        standing
            .condition(ConditionType.CERTIFICATE)
            .filter(certificate -> certificate.state() == ConditionState.FAILING)
            .flatMap(Condition::nextCheckAt)
            .filter(next -> next.isAfter(now));
    if (StatusRule.mayOrder(standing.conditions()) && standing.domain().claim().holder()) {
      return Optional.of(retry.orElse(now.plus(IN_THE_WORKS)));
    }
    var changed =
        standing.conditions().values().stream()
            .filter(condition -> condition.type().compareTo(ConditionType.CERTIFICATE) < 0)
            .map(Condition::since)
            .max(Comparator.naturalOrder())
            .orElse(now);
    return RecheckCadence.next(changed, standing.domain().verifySince(), now);
  }
}
