package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.teams.Caller;
import io.nameplate.teams.Callers;
import io.nameplate.teams.Scope;
import io.nameplate.teams.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Collectors;

/// API keys, by hash, through the one function that looks across teams.
public final class PostgresCallers implements Callers {
  private final Database database;

  public PostgresCallers(Database database) {
    this.database = database;
  }

  @Override
  public Optional<Caller> find(byte[] hash) {
    return database.inNoTeam(connection -> {
      try (var call = connection.prepareStatement("select * from find_api_key(?)")) {
        call.setBytes(1, hash);
        try (var row = call.executeQuery()) {
          return row.next() && Columns.optionalInstant(row, "revoked_at").isEmpty()
              ? Optional.of(caller(row))
              : Optional.<Caller>empty();
        }
      }
    });
  }

  private static Caller caller(ResultSet row) throws SQLException {
    return new Caller(
        new TeamId(Columns.uuid(row, "team_id")),
        row.getString("team_name"),
        Columns.texts(row, "scopes").stream()
            .flatMap(word -> Scope.of(word).stream())
            .collect(Collectors.toSet()),
        Columns.optionalInstant(row, "expires_at"));
  }
}
