package io.nameplate.adapters.postgres.lifecycle;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.DueDomains;
import io.nameplate.teams.TeamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// [DueDomains] in PostgreSQL. Several callers share the work: none waits for a row that another
/// has taken.
public final class PostgresDueDomains implements DueDomains {
  private static final UUID BEFORE_ALL = new UUID(0, 0);

  private final Database database;

  public PostgresDueDomains(Database database) {
    this.database = database;
  }

  @Override
  public List<Due> claim(int atMost, int others, Duration postpone) {
    return database.inNoTeam(connection -> {
      var claimed = new ArrayList<Due>();
      try (var call =
          connection.prepareStatement(
              "select * from claim_due_domains(?, ?, make_interval(secs => ?))")) {
        Columns.bind(call, atMost, others, seconds(postpone));
        try (var row = call.executeQuery()) {
          while (row.next()) {
            claimed.add(
                new Due(
                    new DomainRef(
                        new DomainId(Columns.uuid(row, "domain_id")),
                        new TeamId(Columns.uuid(row, "team_id"))),
                    row.getBoolean("served")));
          }
        }
      }
      return claimed;
    });
  }

  @Override
  public Optional<DomainId> hasten(
      ClusterId cluster, Optional<DomainId> after, int atMost, Duration spread) {
    return database.inNoTeam(connection -> {
      try (var call =
          connection.prepareStatement(
              "select hasten_domains(?, ?, ?, make_interval(secs => ?)) as last")) {
        Columns.bind(
            call,
            cluster.uuid(),
            after.map(DomainId::uuid).orElse(BEFORE_ALL),
            atMost,
            seconds(spread));
        try (var row = call.executeQuery()) {
          row.next();
          return Columns.optionalUuid(row, "last").map(DomainId::new);
        }
      }
    });
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
