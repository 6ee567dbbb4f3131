package io.nameplate.domains;

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
  /// Nodes have to be told, or have to prove themselves.
  SERVE,
  /// Nothing to do but to look again when it is due.
  REST;

  /// The next step for a domain that stands so at `now`.
  public static NextStep of(Standing standing, Instant now) {
    return switch (standing.domain().wanted()) {
      case REMOVED -> FORGET;
      case SUSPENDED -> judged(standing, ConditionType.DEPLOYED) ? REST : SUSPEND;
      case SERVING -> standing.domain().claim().holder() ? ofHolder(standing, now) : REST;
    };
  }

  private static NextStep ofHolder(Standing standing, Instant now) {
    var usable = standing.certificate().filter(certificate -> certificate.usable(now));
    if (usable.isPresent() && unserved(standing, now)) {
      return SERVE;
    }
    if (!StatusRule.mayOrder(standing.conditions())
        || waits(standing, ConditionType.CERTIFICATE, now)) {
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
            .filter(entry -> entry.state() == io.nameplate.edge.EntryState.SERVING)
            .filter(entry -> entry.certificate().equals(standing.domain().certificate()))
            .isPresent();
    if (!told) {
      return true;
    }
    return !judged(standing, ConditionType.SERVING) && !waits(standing, ConditionType.SERVING, now);
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
        .filter(condition -> condition.state() != ConditionState.OK)
        .flatMap(Condition::nextCheckAt)
        .filter(next -> next.isAfter(now))
        .isPresent();
  }
}
