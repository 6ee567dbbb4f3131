package io.nameplate.clusters;

import io.nameplate.domains.Hostname;
import io.nameplate.teams.TeamId;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a team does with the clusters it may use.
public interface ClusterDesk {
  /// Its own and the shared ones, by name.
  List<Cluster> usable(TeamId team);

  /// One of them.
  Optional<Cluster> find(TeamId team, ClusterId cluster);

  /// Its nodes that are not revoked, by name, each with how it stands at `now`.
  List<Standing> nodes(TeamId team, ClusterId cluster, Instant now);

  /// The zones of all clusters, whoever may use them.
  Set<Hostname> zones();

  /// The addresses of all clusters and nodes, whoever may use them.
  Set<InetAddress> addresses();

  /// Makes a token good until `expiresAt`. The cluster has to be the team's own.
  void addJoinToken(TeamId team, ClusterId cluster, JoinToken token, Instant expiresAt);

  /// A node and how it stands towards its cluster's newest change.
  record Standing(Node node, NodeState state) {}
}
