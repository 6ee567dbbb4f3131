package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Transfer;
import java.sql.Connection;
import java.sql.SQLException;

/// Moving a hostname from one team's domain to another's, through the one function that may.
final class Transfers {
  /// Proof must be this young: a look takes seconds, so an hour leaves time for a person.
  private static final String FRESH = "1 hour";

  private Transfers() {}

  static Transfer transfer(Connection connection, DomainId claimant, boolean confirmed)
      throws SQLException {
    try (var call =
        connection.prepareStatement("select transfer_hostname(?, ?::interval, ?) as outcome")) {
      Columns.bind(call, claimant.uuid(), FRESH, confirmed);
      try (var row = call.executeQuery()) {
        row.next();
        return Columns.word(Transfer.class, row, "outcome");
      }
    }
  }
}
