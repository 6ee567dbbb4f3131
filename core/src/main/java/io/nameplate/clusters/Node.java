package io.nameplate.clusters;

import io.nameplate.edge.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One edge process, as it last reported.
///
/// @param joined whether it has its certificate; before, it can say nothing
/// @param position how far it has applied its cluster's changes; empty: it never said
/// @param heldRemovals how many removals its guard holds back until an operator confirms them
/// @param differsSince when it first reported another digest than its cluster's at the same
///   position; empty: the last time that the two were compared they agreed
/// @param acked when it last said so
public record Node(
    NodeId id,
    ClusterId cluster,
    String name,
    boolean joined,
    String httpsAddress,
    String httpAddress,
    String version,
    Optional<Position> position,
    long heldRemovals,
    Optional<Instant> differsSince,
    Optional<Instant> acked) {
  /// As long as runs wait for a node (the edge's NodeState): it reports every 20 s at least.
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /// How it stands at `now` towards something that was written at `wanted`.
  public NodeState at(Instant now, Position wanted) {
    if (!joined) {
      return NodeState.JOINING;
    }
    if (acked.isEmpty() || !now.isBefore(acked.get().plus(SILENCE))) {
      return NodeState.SILENT;
    }
    var has = position.orElse(new Position(0, 0));
    return has.epoch() == wanted.epoch() && has.revision() >= wanted.revision()
        ? NodeState.CURRENT
        : NodeState.BEHIND;
  }
}
