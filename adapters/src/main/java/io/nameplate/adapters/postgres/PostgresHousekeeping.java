package io.nameplate.adapters.postgres;

import java.util.LinkedHashMap;
import java.util.Map;

/// What the record does for itself once an hour: partitions of the history ahead of time, and an
/// end for what was kept long enough (table `retention`).
public final class PostgresHousekeeping {
  private final Database database;

  /// @param database as the worker
  public PostgresHousekeeping(Database database) {
    this.database = database;
  }

  /// Keeps house. Answers what went, by kind; empty while another process is at it.
  public Map<String, Long> keepHouse() {
    return database.inNoTeam(connection -> {
      var gone = new LinkedHashMap<String, Long>();
      try (var call = connection.prepareStatement("select kind, gone from keep_house()");
          var row = call.executeQuery()) {
        while (row.next()) {
          gone.put(row.getString("kind"), row.getLong("gone"));
        }
      }
      return gone;
    });
  }
}
