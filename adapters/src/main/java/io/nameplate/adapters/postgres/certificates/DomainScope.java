package io.nameplate.adapters.postgres.certificates;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.domains.DomainId;
import org.jspecify.annotations.Nullable;

/// Transactions that see the rows of a domain's team, whichever that is. A domain that does not
/// exist shows no rows.
final class DomainScope {
  private final Database database;

  DomainScope(Database database) {
    this.database = database;
  }

  <T extends @Nullable Object> T in(DomainId domain, Database.Work<T> work) {
    return database.inNoTeam(connection -> {
      try (var enter =
          connection.prepareStatement(
              "select set_config('nameplate.team', coalesce(team_of_domain(?)::text, ''), true)")) {
        enter.setObject(1, domain.uuid());
        enter.execute();
      }
      return work.with(connection);
    });
  }
}
