package io.nameplate.sdk;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One question about a domain with its answer: what was seen, who has to act, and what exactly to
/// do.
///
/// @param reason a code from a closed list, which may grow: compare it, and expect others
/// @param message a sentence for people
/// @param since when the answer became this one
/// @param checkedAt when it was looked at last
/// @param nextCheckAt when it is looked at next; empty if nothing is planned
public record Condition(
    ConditionType type,
    ConditionState state,
    String reason,
    String message,
    List<Evidence> evidence,
    Actor who,
    Optional<Fix> fix,
    Instant since,
    Optional<Instant> checkedAt,
    Optional<Instant> nextCheckAt) {

  public Condition {
    evidence = List.copyOf(evidence);
  }

  /// One observation: who answered what, and when.
  public record Evidence(String source, String question, String answer, Instant at) {}

  /// Who has to act.
  public enum Actor {
    /// The owner of the name, in their DNS.
    CUSTOMER,
    /// The team whose product the name is for.
    INTEGRATOR,
    /// Whoever runs this installation.
    OPERATOR,
    NOBODY,
    /// Somebody that this release of the client does not know.
    UNRECOGNIZED
  }
}
