package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoinToken;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Transfer;
import io.nameplate.ids.UuidV7;
import io.nameplate.teams.ApiKey;
import io.nameplate.teams.Scope;
import io.nameplate.teams.TeamId;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the operator does from the command line, as the role of that name.
public final class OperatorDesk {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Database database;

  public OperatorDesk(Database database) {
    this.database = database;
  }

  /// Adds a team with one key that has every scope. Empty, and nothing is done, when the name is
  /// taken.
  public Optional<TeamId> addTeam(String name, ApiKey key) {
    var team = new TeamId(newId());
    return database.inNoTeam(connection -> {
      var added =
          update(
              connection,
              "insert into team (id, name) values (?, ?) on conflict do nothing",
              team.uuid(),
              name);
      if (added == 0) {
        return Optional.<TeamId>empty();
      }
      update(
          connection,
          "insert into api_key (id, team_id, name, prefix, hash, scopes) values (?, ?, ?, ?, ?, ?)",
          newId(),
          team.uuid(),
          "first",
          key.prefix(),
          key.hash(),
          connection.createArrayOf(
              "text", Arrays.stream(Scope.values()).map(Scope::word).toArray()));
      return Optional.of(team);
    });
  }

  /// The team with this name.
  public Optional<TeamId> team(String name) {
    return one("select id from team where name = ?", name).map(TeamId::new);
  }

  /// Adds a cluster, or, when there is one with its name, gives that one the addresses and ports of
  /// `cluster`. Answers the id it has.
  public ClusterId addCluster(Cluster cluster) {
    return database.inNoTeam(connection -> {
      var added =
          update(
              connection,
              """
              insert into cluster (id, name, shared, team_id, cname_zone, addresses, http_port, https_port)
                values (?, ?, ?, ?, ?, ?::inet[], ?, ?) on conflict (name) do nothing\
              """,
              cluster.id().uuid(),
              cluster.name(),
              cluster.shared(),
              cluster.team().map(TeamId::uuid).orElse(null),
              cluster.cnameZone(),
              Columns.textArray(connection, cluster.addresses()),
              cluster.httpPort(),
              cluster.httpsPort());
      if (added > 0) {
        update(
            connection,
            "insert into cluster_position (cluster_id) values (?)",
            cluster.id().uuid());
        return cluster.id();
      }
      update(
          connection,
          "update cluster set addresses = ?::inet[], http_port = ?, https_port = ? where name = ?",
          Columns.textArray(connection, cluster.addresses()),
          cluster.httpPort(),
          cluster.httpsPort(),
          cluster.name());
      return cluster(cluster.name()).orElseThrow();
    });
  }

  /// The cluster with this name.
  public Optional<ClusterId> cluster(String name) {
    return one("select id from cluster where name = ?", name).map(ClusterId::new);
  }

  /// Makes a token of a cluster good until `expiresAt`.
  public void addJoinToken(ClusterId cluster, JoinToken token, Instant expiresAt) {
    database.inNoTeam(connection ->
        update(
            connection,
            "insert into join_token (hash, cluster_id, expires_at) values (?, ?, ?)",
            token.hash(),
            cluster.uuid(),
            expiresAt));
  }

  /// Confirms a transfer: the claimant's proof must be fresh, the holder's own is no hindrance.
  public Transfer confirmTransfer(DomainId claimant) {
    return database.inNoTeam(connection -> Transfers.transfer(connection, claimant, true));
  }

  private Optional<UUID> one(String sql, String parameter) {
    return database.inNoTeam(connection -> {
      try (var select = connection.prepareStatement(sql)) {
        select.setString(1, parameter);
        try (var row = select.executeQuery()) {
          return row.next() ? Optional.of(row.getObject(1, UUID.class)) : Optional.empty();
        }
      }
    });
  }

  private static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      Columns.bind(statement, values);
      return statement.executeUpdate();
    }
  }

  private static UUID newId() {
    return UuidV7.at(Instant.now(), RANDOM);
  }
}
