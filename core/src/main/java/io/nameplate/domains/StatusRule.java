package io.nameplate.domains;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// How a domain's status follows from what is wanted and from its conditions.
public final class StatusRule {
  /// What visitors would notice. Ownership and CAA only warn while the domain works.
  private static final Set<ConditionType> NOTICED =
      EnumSet.of(
          ConditionType.DNS,
          ConditionType.REACH,
          ConditionType.CERTIFICATE,
          ConditionType.DEPLOYED,
          ConditionType.SERVING,
          ConditionType.ORIGIN);

  private StatusRule() {}

  /// The status.
  ///
  /// @param holder whether this domain holds its hostname: nobody else is served or ordered for
  /// @param wasActive whether it was proved on a node since it holds the hostname
  /// @param generation of what is wanted: a domain that was never served is not served by what an
  ///   earlier holding of the name showed, while one that is keeps what it showed before a change
  /// @param conditions what is known; an absent one was not looked at yet
  public static DomainStatus of(
      Wanted wanted,
      boolean holder,
      boolean wasActive,
      long generation,
      Map<ConditionType, Condition> conditions) {
    return switch (wanted) {
      case REMOVED -> DomainStatus.REMOVING;
      case SUSPENDED -> DomainStatus.SUSPENDED;
      case SERVING ->
          holder && wasActive
              ? ofServed(conditions)
              : ofNew(holder, wasActive, generation, conditions);
    };
  }

  private static DomainStatus ofServed(Map<ConditionType, Condition> conditions) {
    if (has(conditions, ConditionType.DNS, Reason.MOVED_AWAY)) {
      return DomainStatus.MOVED;
    }
    if (has(conditions, ConditionType.CERTIFICATE, Reason.CERTIFICATE_EXPIRED)) {
      return DomainStatus.EXPIRED;
    }
    var impaired = NOTICED.stream().anyMatch(type -> is(conditions, type, ConditionState.FAILING));
    return impaired ? DomainStatus.DEGRADED : DomainStatus.ACTIVE;
  }

  private static DomainStatus ofNew(
      boolean holder,
      boolean wasActive,
      long generation,
      Map<ConditionType, Condition> conditions) {
    if (!conditions.containsKey(ConditionType.DNS)
        || has(conditions, ConditionType.DNS, Reason.NOT_CHECKED_YET)
        || has(conditions, ConditionType.DNS, Reason.GAVE_UP)) {
      return DomainStatus.PENDING;
    }
    if (!holder || !mayOrder(conditions)) {
      return DomainStatus.VERIFYING;
    }
    if (!isNow(conditions, ConditionType.CERTIFICATE, generation)) {
      return DomainStatus.ISSUING;
    }
    var proved = wasActive || isNow(conditions, ConditionType.SERVING, generation);
    return proved ? ofServed(conditions) : DomainStatus.DEPLOYING;
  }

  /// Whether everything that an order needs is so: nothing that is known to fail is ever ordered. A
  /// vantage that cannot tell about reach does not stand in the way, silence about DNS, ownership
  /// or CAA does.
  public static boolean mayOrder(Map<ConditionType, Condition> conditions) {
    return (is(conditions, ConditionType.OWNERSHIP, ConditionState.OK)
            || has(conditions, ConditionType.OWNERSHIP, Reason.PROOF_LOST))
        && is(conditions, ConditionType.DNS, ConditionState.OK)
        && is(conditions, ConditionType.CAA, ConditionState.OK)
        && (is(conditions, ConditionType.REACH, ConditionState.OK)
            || is(conditions, ConditionType.REACH, ConditionState.UNKNOWN));
  }

  private static boolean isNow(
      Map<ConditionType, Condition> conditions, ConditionType type, long generation) {
    var condition = conditions.get(type);
    return condition != null
        && condition.state() == ConditionState.OK
        && condition.generation() >= generation;
  }

  private static boolean is(
      Map<ConditionType, Condition> conditions, ConditionType type, ConditionState state) {
    var condition = conditions.get(type);
    return condition != null && condition.state() == state;
  }

  private static boolean has(
      Map<ConditionType, Condition> conditions, ConditionType type, Reason reason) {
    var condition = conditions.get(type);
    return condition != null && condition.reason() == reason;
  }
}
