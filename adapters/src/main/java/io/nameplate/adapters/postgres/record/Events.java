package io.nameplate.adapters.postgres.record;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.domains.Domain;
import io.nameplate.ids.UuidV7;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/// Lines of a domain's history.
public final class Events {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final SecureRandom RANDOM = new SecureRandom();

  private Events() {}

  /// Adds a line. `type` is a stable word such as `certificate-issued`, `message` a sentence for
  /// people.
  public static void write(
      Connection connection, Domain domain, String type, String message, Map<String, ?> data)
      throws SQLException {
    write(connection, newId(), domain, type, message, data);
  }

  /// An id for a line, made before it is written.
  public static UUID newId() {
    return UuidV7.at(Instant.now(), RANDOM);
  }

  private static void write(
      Connection connection,
      UUID id,
      Domain domain,
      String type,
      String message,
      Map<String, ?> data)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            insert into event (id, team_id, domain_id, type, message, data, at)
              values (?, ?, ?, ?, ?, ?::jsonb, clock_timestamp())\
            """)) {
      Columns.bind(
          insert,
          id,
          domain.team().uuid(),
          domain.id().uuid(),
          type,
          message,
          JSON.valueToTree(data).toString());
      insert.executeUpdate();
    }
  }
}
