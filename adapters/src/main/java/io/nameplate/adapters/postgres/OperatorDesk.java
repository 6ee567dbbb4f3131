package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoinToken;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Transfer;
import io.nameplate.ids.UuidV7;
import io.nameplate.teams.ApiKey;
import io.nameplate.teams.KeyId;
import io.nameplate.teams.Scope;
import io.nameplate.teams.TeamId;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the operator does from the command line, as the role of that name. The database notes each
/// change in `operator_audit`, with the name that the operating system knows this person by.
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
    return asOperator(connection -> {
      var added =
          update(
              connection,
              "insert into team (id, name) values (?, ?) on conflict do nothing",
              team.uuid(),
              name);
      if (added == 0) {
        return Optional.<TeamId>empty();
      }
      insertKey(connection, team, "first", key, EnumSet.allOf(Scope.class), Optional.empty());
      return Optional.of(team);
    });
  }

  /// Whether only a record of a claim's own, TXT or CNAME, proves a name for the team, and never an
  /// address. Answers false, and nothing is done, when there is no team of that name.
  public boolean proveStrictly(String team, boolean strictly) {
    return asOperator(connection ->
        update(connection, "update team set strict_proof = ? where name = ?", strictly, team) > 0);
  }

  /// Adds a key to a team.
  ///
  /// @param expiresAt from then on (inclusive) it is worth nothing; empty: never
  public KeyId addKey(
      TeamId team, String name, ApiKey key, Set<Scope> scopes, Optional<Instant> expiresAt) {
    return asOperator(connection -> insertKey(connection, team, name, key, scopes, expiresAt));
  }

  /// A team's keys, oldest first, revoked and expired ones too.
  public List<KnownKey> keys(TeamId team) {
    return database.inNoTeam(connection -> {
      var keys = new ArrayList<KnownKey>();
      try (var select =
          connection.prepareStatement(
              """
              select id, name, prefix, scopes, created_at, expires_at, revoked_at, last_used_at
                from api_key where team_id = ? order by created_at, id\
              """)) {
        select.setObject(1, team.uuid());
        try (var row = select.executeQuery()) {
          while (row.next()) {
            keys.add(
                new KnownKey(
                    new KeyId(Columns.uuid(row, "id")),
                    row.getString("name"),
                    row.getString("prefix"),
                    Columns.texts(row, "scopes"),
                    Columns.instant(row, "created_at"),
                    Columns.optionalInstant(row, "expires_at"),
                    Columns.optionalInstant(row, "revoked_at"),
                    Columns.optionalInstant(row, "last_used_at")));
          }
        }
      }
      return keys;
    });
  }

  /// Revokes a key: within five seconds no API process takes it any more; twice is once. False:
  /// there is none with this id.
  public boolean revokeKey(KeyId key) {
    return asOperator(connection ->
        update(
                connection,
                "update api_key set revoked_at = coalesce(revoked_at, now()) where id = ?",
                key.uuid())
            > 0);
  }

  /// A key as its operator sees it.
  ///
  /// @param prefix the part that may be shown
  /// @param lastUsedAt to ten minutes; empty: never
  public record KnownKey(
      KeyId id,
      String name,
      String prefix,
      List<String> scopes,
      Instant createdAt,
      Optional<Instant> expiresAt,
      Optional<Instant> revokedAt,
      Optional<Instant> lastUsedAt) {}

  private static KeyId insertKey(
      Connection connection,
      TeamId team,
      String name,
      ApiKey key,
      Set<Scope> scopes,
      Optional<Instant> expiresAt)
      throws SQLException {
    var id = new KeyId(newId());
    update(
        connection,
        """
        insert into api_key (id, team_id, name, prefix, hash, scopes, expires_at)
          values (?, ?, ?, ?, ?, ?, ?::timestamptz)\
        """,
        id.uuid(),
        team.uuid(),
        name,
        key.prefix(),
        key.hash(),
        Columns.textArray(connection, scopes.stream().sorted().map(Scope::word).toList()),
        expiresAt.orElse(null));
    return id;
  }

  /// The team with this name.
  public Optional<TeamId> team(String name) {
    return one("select id from team where name = ?", name).map(TeamId::new);
  }

  /// Adds a cluster, or, when there is one with its name, gives that one the addresses and ports of
  /// `cluster`. Answers the id it has.
  public ClusterId addCluster(Cluster cluster) {
    return asOperator(connection -> {
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

  /// Whether there is a cluster with this id.
  public boolean hasCluster(ClusterId cluster) {
    return database.inNoTeam(connection -> {
      try (var select = connection.prepareStatement("select from cluster where id = ?")) {
        select.setObject(1, cluster.uuid());
        try (var row = select.executeQuery()) {
          return row.next();
        }
      }
    });
  }

  /// Makes a token of a cluster good until `expiresAt`.
  public void addJoinToken(ClusterId cluster, JoinToken token, Instant expiresAt) {
    asOperator(connection ->
        update(
            connection,
            "insert into join_token (hash, cluster_id, expires_at) values (?, ?, ?)",
            token.hash(),
            cluster.uuid(),
            expiresAt));
  }

  /// Ends the pause after a restore before every node was compared with what was restored. Answers
  /// the nodes that were not; empty: nothing waited.
  public List<String> resumeOrders(ClusterId cluster) {
    return asOperator(connection -> {
      try (var call =
          connection.prepareStatement("select coalesce(resume_orders(?, ?), '{}') as nodes")) {
        Columns.bind(call, cluster.uuid(), operator());
        try (var row = call.executeQuery()) {
          row.next();
          return Columns.texts(row, "nodes");
        }
      }
    });
  }

  /// Confirms a transfer: the claimant's proof must be fresh, the holder's own is no hindrance.
  public Transfer confirmTransfer(DomainId claimant) {
    return asOperator(connection -> Transfers.confirmed(connection, claimant));
  }

  private <T extends @Nullable Object> T asOperator(Database.Work<T> work) {
    return asOperator(database, work);
  }

  /// Does something under the name that the trace is to bear.
  static <T extends @Nullable Object> T asOperator(Database database, Database.Work<T> work) {
    return database.inNoTeam(connection -> {
      try (var name =
          connection.prepareStatement("select set_config('nameplate.operator', ?, true)")) {
        name.setString(1, operator());
        name.execute();
      }
      return work.with(connection);
    });
  }

  /// Who this is, by the operating system.
  static String operator() {
    return System.getProperty("user.name", "");
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
