package io.nameplate.edge;

import io.nameplate.clusters.ClusterId;
import java.time.Duration;
import java.util.List;

/// The nodes of clusters.
public interface Nodes {
  /// Those whose acks are waited for, by name.
  List<NodeState> expected(ClusterId cluster);

  /// Waits until every expected node has acked `position`, `patience` at most. The nodes as they
  /// are then; a node may still be behind.
  List<NodeState> await(ClusterId cluster, Position position, Duration patience)
      throws InterruptedException;
}
