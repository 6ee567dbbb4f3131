package io.nameplate.domains;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One question about a domain with its answer.
///
/// @param generation the generation of the domain that was judged; an older one never replaces a
///   newer
/// @param since when the state or the reason last changed
/// @param checkedAt when somebody last looked
/// @param nextCheckAt when it is looked at next at the latest; empty: when something happens
public record Condition(
    ConditionType type,
    long generation,
    ConditionState state,
    Reason reason,
    String message,
    List<Evidence> evidence,
    Actor who,
    Optional<Fix> fix,
    Instant since,
    Instant checkedAt,
    Optional<Instant> nextCheckAt) {

  public Condition {
    evidence = List.copyOf(evidence);
  }

  /// Whether `other` judged a later generation, or the same one later.
  public boolean outdatedBy(Condition other) {
    return generation < other.generation
        || (generation == other.generation && checkedAt.isBefore(other.checkedAt));
  }

  /// This newer look with `since` carried over from `previous` when state and reason are the same.
  public Condition continuing(Condition previous) {
    var same = previous.state == state && previous.reason == reason;
    return same ? withSince(previous.since) : this;
  }

  private Condition withSince(Instant earlier) {
    return new Condition(
        type,
        generation,
        state,
        reason,
        message,
        evidence,
        who,
        fix,
        earlier,
        checkedAt,
        nextCheckAt);
  }
}
