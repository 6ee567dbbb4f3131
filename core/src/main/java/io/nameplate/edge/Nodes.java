package io.nameplate.edge;

import io.nameplate.clusters.ClusterId;
import java.time.Duration;
import java.util.List;

/// The nodes of clusters.
public interface Nodes {
  /// Those whose acks are waited for, by name.
  List<NodeState> expected(ClusterId cluster);

  /// Clusters with an expected node that fell silent, or returned, since this was last asked: each
  /// time it is told to one caller.
  List<ClusterId> turned();

  /// Waits until every expected node has acked `position`, `patience` at most. The nodes as they
  /// are then; a node may still be behind.
  List<NodeState> await(ClusterId cluster, Position position, Duration patience)
      throws InterruptedException;
}
