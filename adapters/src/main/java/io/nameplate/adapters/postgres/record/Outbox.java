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

  /// Asks for a run. One that was asked for already is enough, unless it is being delivered at this
  /// moment: nobody waits for that. The run looks at once, so nobody else has to before it is
  /// missed.
  public static void put(Connection connection, TeamId team, DomainId domain, Priority priority)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            with standing as (select id from outbox where domain_id = ? limit 1 for update skip locked),
            hastened as (update outbox o set priority = least(o.priority, ?) from standing where o.id = standing.id),
            later as (update domain set due_at = now() + interval '45 seconds' where id = ?)
            insert into outbox (domain_id, team_id, priority) select ?, ?, ? where not exists (select 1 from standing)\
            """)) {
      Columns.bind(
          insert,
          domain.uuid(),
          priority.number(),
          domain.uuid(),
          domain.uuid(),
          team.uuid(),
          priority.number());
      insert.executeUpdate();
    }
  }
}
