package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.ClusterRows;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.addresses.AddressText;
import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterDesk;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoinToken;
import io.nameplate.domains.Hostname;
import io.nameplate.edge.Position;
import io.nameplate.teams.TeamId;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Clusters as their teams see them: row-level security shows a team its own and the shared ones.
public final class PostgresClusterDesk implements ClusterDesk {
  private final Database database;

  public PostgresClusterDesk(Database database) {
    this.database = database;
  }

  @Override
  public List<Cluster> usable(TeamId team) {
    return database.inTeam(
        team,
        connection ->
            clusters(
                connection, "select " + ClusterRows.CLUSTER + " from cluster c order by name"));
  }

  @Override
  public Optional<Cluster> find(TeamId team, ClusterId cluster) {
    return database.inTeam(
        team,
        connection ->
            clusters(
                    connection,
                    "select " + ClusterRows.CLUSTER + " from cluster c where c.id = ?",
                    cluster.uuid())
                .stream()
                .findFirst());
  }

  @Override
  public List<Standing> nodes(TeamId team, ClusterId cluster, Instant now) {
    return database.inTeam(
        team,
        connection -> {
          var standings = new ArrayList<Standing>();
          try (var select =
              connection.prepareStatement(
                  "select "
                      + ClusterRows.NODE
                      + """
                      , p.epoch as wanted_epoch, p.revision as wanted_revision
                      from node n join cluster_position p on p.cluster_id = n.cluster_id
                      where n.cluster_id = ? and n.state <> 'revoked' order by n.name\
                      """)) {
            select.setObject(1, cluster.uuid());
            try (var row = select.executeQuery()) {
              while (row.next()) {
                var node = ClusterRows.node(row);
                var wanted =
                    new Position(row.getLong("wanted_epoch"), row.getLong("wanted_revision"));
                standings.add(new Standing(node, node.at(now, wanted)));
              }
            }
          }
          return standings;
        });
  }

  @Override
  public Set<Hostname> zones() {
    return database.inNoTeam(connection -> {
      var zones = new HashSet<Hostname>();
      try (var call = connection.prepareStatement("select zone from cluster_zones() as zone");
          var row = call.executeQuery()) {
        while (row.next()) {
          zones.add(new Hostname(row.getString("zone")));
        }
      }
      return zones;
    });
  }

  @Override
  public Set<InetAddress> addresses() {
    return database.inNoTeam(connection -> {
      var addresses = new HashSet<InetAddress>();
      try (var call = connection.prepareStatement("select at from own_addresses() as at");
          var row = call.executeQuery()) {
        while (row.next()) {
          AddressText.parse(row.getString("at")).ifPresent(addresses::add);
        }
      }
      return addresses;
    });
  }

  @Override
  public void addJoinToken(TeamId team, ClusterId cluster, JoinToken token, Instant expiresAt) {
    database.inTeam(
        team,
        connection -> {
          try (var insert =
              connection.prepareStatement(
                  "insert into join_token (hash, cluster_id, expires_at) values (?, ?, ?)")) {
            Columns.bind(insert, token.hash(), cluster.uuid(), expiresAt);
            return insert.executeUpdate();
          }
        });
  }

  private static List<Cluster> clusters(Connection connection, String sql, Object... parameters)
      throws SQLException {
    var clusters = new ArrayList<Cluster>();
    try (var select = connection.prepareStatement(sql)) {
      Columns.bind(select, parameters);
      try (var row = select.executeQuery()) {
        while (row.next()) {
          clusters.add(ClusterRows.cluster(row));
        }
      }
    }
    return clusters;
  }
}
