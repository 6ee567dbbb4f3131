package io.nameplate.rollouts;

import java.time.Instant;
import java.util.Optional;

/// What is seen of a cluster while one of its nodes runs a change before the others.
///
/// @param now when
/// @param begun when the rollout began
/// @param seenFrom since when nodes have been heard without a break: before, silence may be the
///   control plane's own
/// @param takenUp since when the first node runs the change; empty: not yet
/// @param first the node that runs it first
/// @param others what visitors wanted of the other nodes since it was taken up
/// @param before what visitors wanted of the first node before it took the change up
public record Sight(
    Instant now,
    Instant begun,
    Instant seenFrom,
    Optional<Instant> takenUp,
    First first,
    Tally others,
    Tally before) {
  /// The node that runs the change first.
  ///
  /// @param joined whether it has access; false: it was revoked
  /// @param ready whether it says that traffic should come to it
  /// @param acked when it last reported; empty: never
  /// @param since what visitors wanted of it since it took the change up
  public record First(
      String name, boolean joined, boolean ready, Optional<Instant> acked, Tally since) {}
}
