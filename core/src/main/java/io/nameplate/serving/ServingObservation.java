package io.nameplate.serving;

import java.time.Instant;
import java.util.List;

/// What each node showed, in the order of the question.
public record ServingObservation(Instant at, List<Seen> nodes) {
  public ServingObservation {
    nodes = List.copyOf(nodes);
  }

  /// One node and what it showed.
  public record Seen(NodeAddress node, NodeSight sight) {}
}
