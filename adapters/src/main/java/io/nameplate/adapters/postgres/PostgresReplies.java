package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.teams.Replies;
import io.nameplate.teams.TeamId;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;

/// Replies kept beside what they tell about: the key's row is written first, in the transaction
/// that carries the request out, so a second request with the key waits at its index until the
/// first has committed or is undone.
public final class PostgresReplies implements Replies {
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final Database database;

  public PostgresReplies(Database database) {
    this.database = database;
  }

  @Override
  public Outcome once(TeamId team, String key, byte[] request, Supplier<Reply> work) {
    try {
      return database.inTeam(
          team,
          connection -> {
            if (!claim(connection, team, key, request)) {
              return remembered(connection, team, key, request);
            }
            var reply = work.get();
            remember(connection, team, key, reply);
            return new Outcome.Replied(reply);
          });
    } catch (FirstStillRuns _) {
      return new Outcome.InProgress();
    }
  }

  @Override
  public boolean used(TeamId team, String key) {
    return database.inTeam(
        team,
        connection -> {
          try (var select =
              connection.prepareStatement(
                  """
                  select 1 from idempotency
                    where team_id = ? and key = ? and status is not null and created_at >= now() - interval '24 hours'\
                  """)) {
            Columns.bind(select, team.uuid(), key);
            try (var row = select.executeQuery()) {
              return row.next();
            }
          }
        });
  }

  private static boolean claim(Connection connection, TeamId team, String key, byte[] request)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            insert into idempotency as i (team_id, key, request_hash) values (?, ?, ?)
              on conflict (team_id, key) do update set request_hash = excluded.request_hash, created_at = excluded.created_at
              where i.created_at < now() - interval '24 hours'\
            """)) {
      Columns.bind(insert, team.uuid(), key, request);
      return insert.executeUpdate() > 0;
    } catch (SQLException e) {
      // Only here: what the work itself waits for in vain is another story.
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw new FirstStillRuns();
      }
      throw e;
    }
  }

  private static Outcome remembered(Connection connection, TeamId team, String key, byte[] request)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select request_hash, status, body, location from idempotency where team_id = ? and key = ?")) {
      Columns.bind(select, team.uuid(), key);
      try (var row = select.executeQuery()) {
        if (!row.next()) {
          return new Outcome.InProgress();
        }
        if (!MessageDigest.isEqual(row.getBytes("request_hash"), request)) {
          return new Outcome.OtherRequest();
        }
        return new Outcome.Replied(
            new Reply(
                row.getInt("status"),
                Optional.ofNullable(row.getString("body")),
                Optional.ofNullable(row.getString("location"))));
      }
    }
  }

  /// Ends the transaction of a request that waited in vain for the first one with its key.
  private static final class FirstStillRuns extends RuntimeException {
    private static final long serialVersionUID = 1;

    FirstStillRuns() {
      super("the first request with the key still runs", null, false, false);
    }
  }

  private static void remember(Connection connection, TeamId team, String key, Reply reply)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            "update idempotency set status = ?, body = ?, location = ? where team_id = ? and key = ?")) {
      Columns.bind(
          update,
          reply.status(),
          reply.body().orElse(null),
          reply.location().orElse(null),
          team.uuid(),
          key);
      update.executeUpdate();
    }
  }
}
