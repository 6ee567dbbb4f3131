package io.nameplate.adapters.postgres.lifecycle;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.record.Outbox;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.Instructions;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// [Instructions] in PostgreSQL. They stay locked while they are delivered and go with the same
/// transaction.
public final class PostgresInstructions implements Instructions {
  private final Database database;

  public PostgresInstructions(Database database) {
    this.database = database;
  }

  @Override
  public int deliver(int atMost, Delivery delivery) {
    return database.inNoTeam(connection -> {
      var ids = new ArrayList<Long>();
      var instructions = new ArrayList<Instruction>();
      try (var call = connection.prepareStatement("select * from claim_outbox(?)")) {
        call.setInt(1, atMost);
        try (var row = call.executeQuery()) {
          while (row.next()) {
            ids.add(row.getLong("id"));
            instructions.add(
                new Instruction(
                    new DomainRef(
                        new DomainId(Columns.uuid(row, "domain_id")),
                        new TeamId(Columns.uuid(row, "team_id"))),
                    Columns.optionalUuid(row, "cluster_id").map(ClusterId::new),
                    urgency(row.getInt("priority"))));
          }
        }
      }
      if (!ids.isEmpty()) {
        delivery.of(instructions);
        delete(connection, ids);
      }
      return ids.size();
    });
  }

  private static Urgency urgency(int number) {
    return Arrays.stream(Urgency.values())
        .filter(urgency -> urgency.number() == number)
        .findFirst()
        .orElse(Urgency.NEW);
  }

  private static void delete(Connection connection, List<Long> ids) throws SQLException {
    try (var call = connection.prepareStatement("select delete_outbox(?)")) {
      call.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
      call.execute();
    }
  }

  @Override
  public void put(DomainRef domain, Urgency urgency) {
    var _ =
        database.<Boolean>inTeam(
            domain.team(),
            connection -> {
              Outbox.put(
                  connection, domain.team(), domain.id(), Outbox.Priority.valueOf(urgency.name()));
              return true;
            });
  }
}
