package io.nameplate.adapters.postgres.record;

import static io.nameplate.adapters.postgres.record.Columns.instant;
import static io.nameplate.adapters.postgres.record.Columns.optionalInstant;
import static io.nameplate.adapters.postgres.record.Columns.optionalUuid;
import static io.nameplate.adapters.postgres.record.Columns.uuid;
import static io.nameplate.adapters.postgres.record.Columns.word;

import io.nameplate.certificates.CertificateId;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.Claim;
import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainStatus;
import io.nameplate.domains.HostHeader;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Origin;
import io.nameplate.domains.Proof;
import io.nameplate.domains.Wanted;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// Rows of `domain`.
public final class DomainRows {
  private DomainRows() {}

  /// Every column that [#domain] reads.
  public static final String COLUMNS =
      "d.id, d.team_id, d.cluster_id, d.hostname, d.hostname_unicode, d.origin_url, d.host_header,"
          + " d.wanted, d.generation, d.status, d.cname_label, d.txt_token, d.holder, d.proof,"
          + " d.proved_at, d.transfer_requested_at, d.records_seen, d.certificate_id, d.was_active,"
          + " d.moved_since, d.verify_since, d.check_requested_at, d.checked_at, d.due_at,"
          + " d.created_at, d.updated_at, d.removed_at";

  /// The domain, removed or not; empty when the transaction's team has none with this id.
  public static Optional<Domain> find(Connection connection, DomainId id) throws SQLException {
    return select(connection, id, "");
  }

  /// The domain with its row locked until the transaction ends.
  public static Optional<Domain> lock(Connection connection, DomainId id) throws SQLException {
    return select(connection, id, " for update");
  }

  private static Optional<Domain> select(Connection connection, DomainId id, String suffix)
      throws SQLException {
    var sql = "select " + COLUMNS + " from domain d where d.id = ?" + suffix;
    try (var select = connection.prepareStatement(sql)) {
      select.setObject(1, id.uuid());
      try (var row = select.executeQuery()) {
        return row.next() ? Optional.of(domain(row)) : Optional.empty();
      }
    }
  }

  /// The domain of a row that has [#COLUMNS].
  public static Domain domain(ResultSet row) throws SQLException {
    return new Domain(
        new DomainId(uuid(row, "id")),
        new TeamId(uuid(row, "team_id")),
        new ClusterId(uuid(row, "cluster_id")),
        new Hostname(row.getString("hostname")),
        row.getString("hostname_unicode"),
        new Origin(row.getString("origin_url"), word(HostHeader.class, row, "host_header")),
        word(Wanted.class, row, "wanted"),
        row.getLong("generation"),
        word(DomainStatus.class, row, "status"),
        claim(row),
        Columns.texts(row, "records_seen"),
        optionalUuid(row, "certificate_id").map(CertificateId::new),
        row.getBoolean("was_active"),
        optionalInstant(row, "moved_since"),
        instant(row, "verify_since"),
        optionalInstant(row, "check_requested_at"),
        optionalInstant(row, "checked_at"),
        optionalInstant(row, "due_at"),
        instant(row, "created_at"),
        instant(row, "updated_at"),
        optionalInstant(row, "removed_at"));
  }

  private static Claim claim(ResultSet row) throws SQLException {
    return new Claim(
        row.getString("cname_label"),
        row.getString("txt_token"),
        row.getBoolean("holder"),
        Optional.ofNullable(row.getString("proof"))
            .map(word -> Columns.constant(Proof.class, word)),
        optionalInstant(row, "proved_at"),
        optionalInstant(row, "transfer_requested_at"));
  }
}
