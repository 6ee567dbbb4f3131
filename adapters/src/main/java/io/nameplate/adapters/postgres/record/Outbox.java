package io.nameplate.adapters.postgres.record;

import io.nameplate.domains.DomainId;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.SQLException;

/// Instructions to Temporal: a run of this domain is needed. They commit together with the change
/// they follow from.
public final class Outbox {
  private Outbox() {}

  /// How soon it is delivered.
  public enum Priority {
    REMOVAL(1),
    RENEWAL(2),
    CHANGE(3),
    NEW(4);

    private final int number;

    Priority(int number) {
      this.number = number;
    }

    /// As the database orders them; the least is the most urgent.
    public int number() {
      return number;
    }
  }

  /// Asks for a run.
  public static void put(Connection connection, TeamId team, DomainId domain, Priority priority)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "insert into outbox (domain_id, team_id, priority) values (?, ?, ?)")) {
      Columns.bind(insert, domain.uuid(), team.uuid(), priority.number());
      insert.executeUpdate();
    }
  }
}
