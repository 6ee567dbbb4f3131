package io.nameplate.sdk;

import io.nameplate.sdk.generated.ClustersApi;
import java.util.List;

/// The clusters that the team may use.
public final class Clusters {

  private final ClustersApi api;

  Clusters(ClustersApi api) {
    this.api = api;
  }

  /// All of them.
  public List<Cluster> list() {
    return Wire.each("clusters", Calls.read(api::listClusters).getClusters(), Wire::cluster);
  }

  /// A cluster's nodes, revoked ones left out.
  public List<Node> nodes(String clusterId) {
    return Wire.each("nodes", Calls.read(() -> api.listNodes(clusterId)).getNodes(), Wire::node);
  }

  /// Makes a token with which one node joins a cluster of the team's own.
  public JoinToken createJoinToken(String clusterId) {
    var key = Calls.newIdempotencyKey();
    return Wire.joinToken(Calls.read(() -> api.createJoinToken(clusterId, key)));
  }
}
