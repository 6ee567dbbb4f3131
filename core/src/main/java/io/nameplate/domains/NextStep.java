package io.nameplate.domains;

import io.nameplate.edge.EntryState;
import java.time.Duration;
import java.time.Instant;

/// What brings a domain nearer to what is wanted of it.
public enum NextStep {
  /// It was removed: wait until no node serves it, then forget its keys.
  FORGET,
  /// It is suspended: see that every node knows.
  SUSPEND,
  /// It may be ordered for, and has no certificate that can be used.
  ISSUE,
  /// Its certificate is due for renewal.
  RENEW,
  /// Nodes have to be told, or have to prove themselves, or an older certificate can be retired
  /// now.
  SERVE,
  /// Nothing to do but to look again when it is due.
  REST;

  /// Where nothing can be told about reach, a validation that failed is not repeated before.
  private static final Duration BLIND_WAIT = Duration.ofDays(1);

  /// The next step for a domain that stands so at `now`.
  public static NextStep of(Standing standing, Instant now) {
    var holder = standing.domain().claim().holder();
    return switch (standing.domain().wanted()) {
      case REMOVED -> FORGET;
      case SUSPENDED -> holder && unsuspended(standing) ? SUSPEND : REST;
      case SERVING -> holder ? ofHolder(standing, now) : REST;
    };
  }

  /// Whether nodes have to be told, or were not looked at since. Those that are late then are
  /// watched, which needs no run.
  private static boolean unsuspended(Standing standing) {
    return standing.entry().filter(entry -> entry.state() == EntryState.SUSPENDED).isEmpty()
        || standing
            .condition(ConditionType.DEPLOYED)
            .filter(deployed -> deployed.generation() >= standing.domain().generation())
            .isEmpty();
  }

  private static NextStep ofHolder(Standing standing, Instant now) {
    var usable = standing.certificate().filter(certificate -> certificate.usable(now));
    if (usable.isPresent() && (unserved(standing, now) || retires(standing))) {
      return SERVE;
    }
    if (!StatusRule.mayOrder(standing.conditions())
        || waits(standing, ConditionType.CERTIFICATE, now)
        || blind(standing, now)) {
      return REST;
    }
    if (usable.isEmpty()) {
      return ISSUE;
    }
    return usable.get().due(now) ? RENEW : REST;
  }

  private static boolean unserved(Standing standing, Instant now) {
    var told =
        standing
            .entry()
            .filter(entry -> entry.state() == EntryState.SERVING)
            .filter(entry -> entry.certificate().equals(standing.domain().certificate()))
            .isPresent();
    if (!told) {
      return true;
    }
    return !judged(standing, ConditionType.SERVING) && !waits(standing, ConditionType.SERVING, now);
  }

  /// Whether an older certificate was kept because of a node that is well again.
  private static boolean retires(Standing standing) {
    return standing.olderCertificates() && provedEverywhere(standing);
  }

  /// Whether every node has the newest entry and showed it: nothing older is needed any longer.
  public static boolean provedEverywhere(Standing standing) {
    return well(standing, ConditionType.DEPLOYED) && well(standing, ConditionType.SERVING);
  }

  private static boolean well(Standing standing, ConditionType type) {
    return standing
        .condition(type)
        .filter(condition -> condition.generation() >= standing.domain().generation())
        .filter(condition -> condition.state() == ConditionState.OK)
        .isPresent();
  }

  /// Whether a condition was judged for what is wanted now, with an answer.
  private static boolean judged(Standing standing, ConditionType type) {
    return standing
        .condition(type)
        .filter(condition -> condition.generation() >= standing.domain().generation())
        .filter(condition ->
            condition.state() == ConditionState.OK
                || (standing.domain().wasActive() && condition.state() != ConditionState.WAITING))
        .isPresent();
  }

  /// Whether a condition says that nothing can be done before a later moment.
  private static boolean waits(Standing standing, ConditionType type, Instant now) {
    return standing
        .condition(type)
        .filter(condition -> condition.generation() >= standing.domain().generation())
        .filter(condition ->
            condition.state() != ConditionState.OK
                || condition.reason() == Reason.CERTIFICATE_RENEWING)
        .flatMap(Condition::nextCheckAt)
        .filter(next -> next.isAfter(now))
        .isPresent();
  }

  /// Whether a try was spent on a name of which our own vantage can tell nothing: one is allowed.
  private static boolean blind(Standing standing, Instant now) {
    var unseen =
        standing
            .condition(ConditionType.REACH)
            .filter(reach -> reach.state() == ConditionState.UNKNOWN)
            .isPresent();
    return unseen
        && standing
            .condition(ConditionType.CERTIFICATE)
            .filter(certificate -> certificate.reason() == Reason.CA_VALIDATION_FAILED)
            .filter(certificate -> now.isBefore(certificate.checkedAt().plus(BLIND_WAIT)))
            .isPresent();
  }
}
