package io.nameplate.clusters;

import io.nameplate.teams.TeamId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Nodes that share addresses and serve the same domains.
///
/// @param team the team whose own it is; empty: it is shared
/// @param cnameZone a domain's CNAME target is a label below it
/// @param addresses what apex names point at, as RFC 5952 writes them
/// @param httpPort the public one: challenges and reach go there
public record Cluster(
    ClusterId id,
    String name,
    Optional<TeamId> team,
    String cnameZone,
    List<String> addresses,
    int httpPort,
    int httpsPort,
    Instant createdAt) {

  public Cluster {
    addresses = List.copyOf(addresses);
  }

  /// Whether every team may use it.
  public boolean shared() {
    return team.isEmpty();
  }
}
