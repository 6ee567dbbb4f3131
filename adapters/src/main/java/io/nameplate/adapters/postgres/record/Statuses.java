package io.nameplate.adapters.postgres.record;

import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainStatus;
import io.nameplate.domains.StatusRule;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/// The stored status, kept in step with the conditions.
public final class Statuses {
  private Statuses() {}

  /// Recomputes the status of `domain`, whose row the transaction has locked and which shows it as
  /// it is now. A change is stored and becomes an event; `was_active` and `moved_since` follow from
  /// it in the database.
  public static DomainStatus recompute(Connection connection, Domain domain) throws SQLException {
    var status =
        StatusRule.of(
            domain.wanted(),
            domain.claim().holder(),
            domain.wasActive(),
            domain.generation(),
            ConditionRows.of(connection, domain.id()));
    if (status == domain.status()) {
      return status;
    }
    try (var update =
        connection.prepareStatement(
            """
            update domain set status = ?, updated_at = now() where id = ?\
            """)) {
      Columns.bind(update, status.word(), domain.id().uuid());
      update.executeUpdate();
    }
    Events.write(
        connection,
        domain,
        event(domain, status),
        "From %s to %s.".formatted(domain.status().word(), status.word()),
        Map.of("from", domain.status().word(), "to", status.word()));
    return status;
  }

  /// What a change of status is called in the history.
  private static String event(Domain domain, DomainStatus to) {
    return switch (to) {
      case ACTIVE ->
          switch (domain.status()) {
            case MOVED -> "came-back";
            case DEGRADED, EXPIRED -> "recovered";
            case PENDING, VERIFYING, ISSUING, DEPLOYING -> "activated";
            case ACTIVE, SUSPENDED, REMOVING -> "status-changed";
          };
      case DEGRADED -> "degraded";
      case MOVED -> "moved-away";
      case EXPIRED -> "expired";
      case PENDING, VERIFYING, ISSUING, DEPLOYING, SUSPENDED, REMOVING -> "status-changed";
    };
  }
}
