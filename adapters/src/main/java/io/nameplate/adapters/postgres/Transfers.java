package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Transfer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/// Moving a hostname from one team's domain to another's, through the one function that may.
final class Transfers {
  /// Proof must be this young: a look takes seconds, so an hour leaves time for a person.
  private static final Duration FRESH = Duration.ofHours(1);

  private Transfers() {}

  /// By the claimant.
  static Transfer asked(Connection connection, DomainId claimant) throws SQLException {
    return call(connection, "select transfer_hostname(?, ?::interval) as outcome", claimant);
  }

  /// By the operator, whose word replaces the loss of the holder's proof.
  static Transfer confirmed(Connection connection, DomainId claimant) throws SQLException {
    return call(connection, "select confirm_transfer(?, ?::interval) as outcome", claimant);
  }

  /// Whether proof of `provedAt` is young enough at `now`.
  static boolean fresh(Instant provedAt, Instant now) {
    return provedAt.plus(FRESH).isAfter(now);
  }

  private static Transfer call(Connection connection, String sql, DomainId claimant)
      throws SQLException {
    try (var call = connection.prepareStatement(sql)) {
      Columns.bind(call, claimant.uuid(), FRESH.toString());
      try (var row = call.executeQuery()) {
        row.next();
        return Columns.word(Transfer.class, row, "outcome");
      }
    }
  }
}
