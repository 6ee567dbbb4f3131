package io.nameplate.adapters.postgres.record;

import io.nameplate.certificates.CertificateId;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.HostHeader;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Origin;
import io.nameplate.edge.Entry;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What nodes serve. Every write takes the cluster's next revision and keeps its counter locked
/// until the transaction ends: write entries and answers **last**, and those of several clusters in
/// the order of their ids.
public final class Entries {
  private Entries() {}

  /// Writes what nodes do for the domain's hostname, with the origin its row has now. Empty, and
  /// nothing is written, when the row has another generation than `judged` (read again) or the
  /// domain does not hold the name.
  public static Optional<Position> write(
      Connection connection,
      DomainId domain,
      long judged,
      EntryState state,
      Optional<CertificateId> certificate)
      throws SQLException {
    if (state == EntryState.REMOVED) {
      return remove(connection, domain);
    }
    try (var call = connection.prepareStatement("select * from write_entry(?, ?, ?, ?, ?)")) {
      Columns.bind(
          call,
          domain.uuid(),
          judged,
          state.word(),
          certificate.map(CertificateId::uuid).orElse(null),
          Columns.textArray(connection, List.of()));
      return position(call);
    }
  }

  /// Leaves a tombstone. Empty, and nothing is written, when the name's entry is not the domain's
  /// or is one already.
  public static Optional<Position> remove(Connection connection, DomainId domain)
      throws SQLException {
    try (var call = connection.prepareStatement("select * from remove_entry(?)")) {
      call.setObject(1, domain.uuid());
      return position(call);
    }
  }

  /// Lets nodes answer a challenge for the domain's hostname; idempotent but for the position.
  /// Empty when the domain does not hold the name.
  public static Optional<Position> putAnswer(
      Connection connection, DomainId domain, String token, String value, Instant expiresAt)
      throws SQLException {
    try (var call = connection.prepareStatement("select * from put_answer(?, ?, ?, ?)")) {
      Columns.bind(call, domain.uuid(), token, value, expiresAt);
      return position(call);
    }
  }

  /// Takes a challenge's answer back. Empty when there is none.
  public static Optional<Position> removeAnswer(
      Connection connection, DomainId domain, String token) throws SQLException {
    try (var call = connection.prepareStatement("select * from remove_answer(?, ?)")) {
      Columns.bind(call, domain.uuid(), token);
      return position(call);
    }
  }

  /// What nodes were last told about the domain; empty when nothing was, or another domain took the
  /// name's entry over.
  public static Optional<Entry> of(Connection connection, DomainId domain) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select e.*, p.epoch from entry e join cluster_position p on p.cluster_id = e.cluster_id
              where e.domain_id = ? order by e.revision desc limit 1\
            """)) {
      select.setObject(1, domain.uuid());
      try (var row = select.executeQuery()) {
        return row.next() ? Optional.of(entry(row)) : Optional.empty();
      }
    }
  }

  private static Entry entry(ResultSet row) throws SQLException {
    var url = Optional.ofNullable(row.getString("origin_url"));
    var origin =
        url.isEmpty()
            ? Optional.<Origin>empty()
            : Optional.of(
                new Origin(url.get(), Columns.word(HostHeader.class, row, "host_header")));
    return new Entry(
        new ClusterId(Columns.uuid(row, "cluster_id")),
        new Hostname(row.getString("hostname")),
        new DomainId(Columns.uuid(row, "domain_id")),
        new Position(row.getLong("epoch"), row.getLong("revision")),
        Columns.word(EntryState.class, row, "state"),
        origin,
        Columns.optionalUuid(row, "certificate_id").map(CertificateId::new),
        Columns.instant(row, "changed_at"));
  }

  private static Optional<Position> position(PreparedStatement call) throws SQLException {
    try (var row = call.executeQuery()) {
      return row.next()
          ? Optional.of(new Position(row.getLong("epoch"), row.getLong("revision")))
          : Optional.empty();
    }
  }
}
