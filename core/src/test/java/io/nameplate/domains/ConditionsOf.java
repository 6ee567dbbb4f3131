package io.nameplate.domains;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Conditions as a table in a test would write them: type, state, reason.
final class ConditionsOf {
  static final Instant T0 = Instant.parse("2027-01-01T00:00:00Z");

  private final Map<ConditionType, Condition> all = new EnumMap<>(ConditionType.class);

  static ConditionsOf none() {
    return new ConditionsOf();
  }

  /// Everything that an order needs.
  static ConditionsOf verified() {
    return none()
        .ok(ConditionType.OWNERSHIP, Reason.PROVED_BY_CNAME)
        .ok(ConditionType.DNS, Reason.POINTS_HERE)
        .ok(ConditionType.REACH, Reason.REACHED)
        .ok(ConditionType.CAA, Reason.CAA_ABSENT);
  }

  /// Everything.
  static ConditionsOf proved() {
    return verified()
        .ok(ConditionType.CERTIFICATE, Reason.CERTIFICATE_VALID)
        .ok(ConditionType.DEPLOYED, Reason.ON_EVERY_NODE)
        .ok(ConditionType.SERVING, Reason.PROVED_ON_EVERY_NODE)
        .ok(ConditionType.ORIGIN, Reason.ORIGIN_ANSWERS);
  }

  ConditionsOf ok(ConditionType type, Reason reason) {
    return with(type, ConditionState.OK, reason);
  }

  ConditionsOf failing(ConditionType type, Reason reason) {
    return with(type, ConditionState.FAILING, reason);
  }

  ConditionsOf unknown(ConditionType type, Reason reason) {
    return with(type, ConditionState.UNKNOWN, reason);
  }

  ConditionsOf waiting(ConditionType type, Reason reason) {
    return with(type, ConditionState.WAITING, reason);
  }

  /// The condition of a type, to be looked at again at a moment.
  ConditionsOf again(ConditionType type, Instant next) {
    all.computeIfPresent(
        type,
        (_, it) ->
            new Condition(
                it.type(),
                it.generation(),
                it.state(),
                it.reason(),
                it.message(),
                it.evidence(),
                it.who(),
                it.fix(),
                it.since(),
                it.checkedAt(),
                Optional.of(next)));
    return this;
  }

  private ConditionsOf with(ConditionType type, ConditionState state, Reason reason) {
    all.put(type, condition(type, state, reason, T0));
    return this;
  }

  static Condition condition(
      ConditionType type, ConditionState state, Reason reason, Instant since) {
    return new Condition(
        type,
        1,
        state,
        reason,
        reason.code(),
        List.of(),
        Actor.NOBODY,
        Optional.empty(),
        since,
        since,
        Optional.empty());
  }

  Map<ConditionType, Condition> map() {
    return Map.copyOf(all);
  }
}
