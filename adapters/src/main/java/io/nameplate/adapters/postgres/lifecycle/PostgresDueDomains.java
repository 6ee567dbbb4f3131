package io.nameplate.adapters.postgres.lifecycle;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.DueDomains;
import io.nameplate.teams.TeamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// [DueDomains] in PostgreSQL. Several callers share the work: none waits for a row that another
/// has taken.
public final class PostgresDueDomains implements DueDomains {
  private final Database database;

  public PostgresDueDomains(Database database) {
    this.database = database;
  }

  @Override
  public List<DomainRef> claim(int atMost, Duration postpone) {
    return database.inNoTeam(connection -> {
      var claimed = new ArrayList<DomainRef>();
      try (var call =
          connection.prepareStatement(
              "select * from claim_due_domains(?, make_interval(secs => ?))")) {
        call.setInt(1, atMost);
        call.setDouble(2, postpone.toMillis() / 1000.0);
        try (var row = call.executeQuery()) {
          while (row.next()) {
            claimed.add(
                new DomainRef(
                    new DomainId(Columns.uuid(row, "domain_id")),
                    new TeamId(Columns.uuid(row, "team_id"))));
          }
        }
      }
      return claimed;
    });
  }
}
