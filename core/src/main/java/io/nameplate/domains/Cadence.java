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

  /// A suspended domain's proof is looked at so often, that its name can be claimed by its owner.
  static final Duration PROOF_EVERY = Duration.ofDays(1);

  /// One that waits for the CA for more than seven days.
  private static final Duration RARELY = Duration.ofMinutes(15);

  private Cadence() {}

  /// When; empty: at rest until something happens.
  static Optional<Instant> dueAt(Standing standing, Duration watchEvery, Instant now) {
    if (NextStep.of(standing, now) != NextStep.REST) {
      return Optional.of(now.plus(IN_THE_WORKS));
    }
    var look = Outlook.next(standing, now).or(() -> lookAt(standing, watchEvery, now));
    if (look.isEmpty()) {
      return look;
    }
    var nodes =
        Stream.of(ConditionType.DEPLOYED, ConditionType.SERVING)
            .flatMap(type -> standing.condition(type).stream())
            .filter(condition -> condition.generation() >= standing.domain().generation())
            .flatMap(condition -> condition.nextCheckAt().stream());
    return Stream.of(look.stream(), nodes, ofCertificate(standing))
        .flatMap(moments -> moments)
        .filter(moment -> moment.isAfter(now))
        .min(Comparator.naturalOrder())
        .or(() -> look);
  }

  /// When its records and addresses are to be looked at again, having been looked at now; empty:
  /// not before something happens.
  static Optional<Instant> lookAt(Standing standing, Duration watchEvery, Instant now) {
    var holder = standing.domain().claim().holder();
    return switch (standing.domain().wanted()) {
      case REMOVED -> Optional.empty();
      case SUSPENDED -> holder ? Optional.of(now.plus(PROOF_EVERY)) : Optional.empty();
      case SERVING ->
          standing.domain().wasActive() && holder
              ? Optional.of(now.plus(ofServed(standing, watchEvery, now)))
              : ofNew(standing, watchEvery, now);
    };
  }

  private static Duration ofServed(Standing standing, Duration watchEvery, Instant now) {
    var inDoubt =
        standing
            .condition(ConditionType.DNS)
            .filter(dns -> dns.state() == ConditionState.FAILING)
            .filter(dns -> dns.reason() != Reason.MOVED_AWAY)
            .filter(dns -> now.isBefore(dns.since().plus(watchEvery)))
            .isPresent();
    return inDoubt && IN_DOUBT.compareTo(watchEvery) < 0 ? IN_DOUBT : watchEvery;
  }

  private static Optional<Instant> ofNew(Standing standing, Duration watchEvery, Instant now) {
    var changed =
        standing.conditions().values().stream()
            .filter(condition -> condition.type().compareTo(ConditionType.CERTIFICATE) < 0)
            .map(Condition::since)
            .max(Comparator.naturalOrder())
            .orElse(now);
    var next = RecheckCadence.next(changed, standing.domain().verifySince(), now);
    if (!StatusRule.mayOrder(standing.conditions()) || !standing.domain().claim().holder()) {
      return next;
    }
    // It waits for the CA or for nodes; meanwhile records may change, and nobody hurries.
    var watched = now.plus(watchEvery);
    var seldom = now.plus(RARELY);
    return Optional.of(next.map(at -> at.isAfter(watched) ? at : watched).orElse(seldom));
  }

  private static Stream<Instant> ofCertificate(Standing standing) {
    if (standing.domain().wanted() != Wanted.SERVING || !standing.domain().claim().holder()) {
      return Stream.empty();
    }
    return Stream.concat(
        standing.condition(ConditionType.CERTIFICATE).flatMap(Condition::nextCheckAt).stream(),
        standing.certificate().stream()
            .flatMap(certificate -> Stream.of(certificate.renewFrom(), certificate.notAfter())));
  }
}
