package io.nameplate.adapters.postgres.record;

import static io.nameplate.adapters.postgres.record.Columns.instant;
import static io.nameplate.adapters.postgres.record.Columns.optionalInstant;
import static io.nameplate.adapters.postgres.record.Columns.word;

import io.nameplate.domains.Actor;
import io.nameplate.domains.Condition;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// Rows of `condition`.
public final class ConditionRows {
  private ConditionRows() {}

  /// A domain's conditions; a type that was never looked at is missing.
  public static Map<ConditionType, Condition> of(Connection connection, DomainId domain)
      throws SQLException {
    return of(connection, java.util.List.of(domain))
        .getOrDefault(domain, new EnumMap<>(ConditionType.class));
  }

  /// The conditions of many domains; a domain without any is missing.
  public static Map<DomainId, Map<ConditionType, Condition>> of(
      Connection connection, Collection<DomainId> domains) throws SQLException {
    var found = new HashMap<DomainId, Map<ConditionType, Condition>>();
    try (var select =
        connection.prepareStatement("select * from condition where domain_id = any (?)")) {
      select.setArray(
          1, connection.createArrayOf("uuid", domains.stream().map(DomainId::uuid).toArray()));
      try (var row = select.executeQuery()) {
        while (row.next()) {
          var condition = condition(row);
          found
              .computeIfAbsent(
                  new DomainId(row.getObject("domain_id", UUID.class)),
                  _ -> new EnumMap<>(ConditionType.class))
              .put(condition.type(), condition);
        }
      }
    }
    return found;
  }

  /// Writes newer looks at a domain, each unless the row holds one that judged a later generation
  /// or looked later. `since` goes on when state and reason stay. The caller recomputes the status
  /// with [Statuses] afterwards.
  public static void write(Connection connection, Domain domain, Collection<Condition> looks)
      throws SQLException {
    try (var upsert =
        connection.prepareStatement(
            """
            insert into condition as c (domain_id, team_id, type, generation, state, reason, message, evidence, who, fix,
                since, checked_at, next_check_at)
              values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?::jsonb, ?, ?, ?)
            on conflict (domain_id, type) do update set generation = excluded.generation, state = excluded.state,
              reason = excluded.reason, message = excluded.message, evidence = excluded.evidence, who = excluded.who,
              fix = excluded.fix, checked_at = excluded.checked_at, next_check_at = excluded.next_check_at,
              since = case when c.state = excluded.state and c.reason = excluded.reason then c.since else excluded.since end
              where c.generation < excluded.generation
                or (c.generation = excluded.generation and c.checked_at <= excluded.checked_at)\
            """)) {
      for (var look : looks) {
        Columns.bind(
            upsert,
            domain.id().uuid(),
            domain.team().uuid(),
            look.type().word(),
            look.generation(),
            look.state().word(),
            look.reason().code(),
            look.message(),
            Evidences.write(look.evidence()),
            look.who().word(),
            look.fix().map(Evidences::write).orElse(null),
            look.since(),
            look.checkedAt(),
            look.nextCheckAt().orElse(null));
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
  }

  /// The condition of a row of `condition`.
  public static Condition condition(ResultSet row) throws SQLException {
    return new Condition(
        word(ConditionType.class, row, "type"),
        row.getLong("generation"),
        word(ConditionState.class, row, "state"),
        word(Reason.class, row, "reason"),
        row.getString("message"),
        Evidences.read(row.getString("evidence")),
        word(Actor.class, row, "who"),
        Evidences.readFix(row.getString("fix")),
        instant(row, "since"),
        instant(row, "checked_at"),
        optionalInstant(row, "next_check_at"));
  }
}
