package io.nameplate.domains;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What one look says about one condition: a condition before it is placed in time.
public record Finding(
    ConditionType type,
    ConditionState state,
    Reason reason,
    String message,
    List<Evidence> evidence,
    Actor who,
    Optional<Fix> fix) {

  public Finding {
    evidence = List.copyOf(evidence);
  }

  /// The condition this makes when nothing was known before; [Condition#continuing] keeps an older
  /// `since`.
  public Condition asCondition(long generation, Instant now, Optional<Instant> nextCheckAt) {
    return new Condition(
        type, generation, state, reason, message, evidence, who, fix, now, now, nextCheckAt);
  }
}
