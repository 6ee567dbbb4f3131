package io.nameplate.api.clusters;

import io.nameplate.api.contract.model.Cluster;
import io.nameplate.api.contract.model.Node;
import io.nameplate.api.contract.model.NodeState;
import io.nameplate.clusters.ClusterDesk.Standing;
import java.time.ZoneOffset;
import java.util.Locale;

/// Clusters and nodes as they are sent.
final class ClusterResponses {
  private ClusterResponses() {}

  static Cluster of(io.nameplate.clusters.Cluster cluster) {
    return new Cluster(
        cluster.id().toString(),
        cluster.name(),
        cluster.shared(),
        cluster.cnameZone(),
        cluster.addresses(),
        cluster.createdAt().atOffset(ZoneOffset.UTC));
  }

  static Node of(Standing standing) {
    var node = standing.node();
    var response =
        new Node(
                node.id().toString(),
                node.name(),
                NodeState.fromValue(standing.state().name().toLowerCase(Locale.ROOT)),
                node.httpsAddress(),
                node.httpAddress())
            .version(node.version())
            .heldRemovals(node.heldRemovals())
            .digestDiffers(node.differsSince().isPresent());
    node.position().ifPresent(position -> response.position(position.toString()));
    node.acked().ifPresent(acked -> response.ackedAt(acked.atOffset(ZoneOffset.UTC)));
    return response;
  }
}
