package io.nameplate.adapters.postgres.certificates;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.certificates.CaProblem;
import io.nameplate.certificates.CertificateId;
import io.nameplate.certificates.Csr;
import io.nameplate.certificates.Issuance;
import io.nameplate.certificates.IssuanceFailure;
import io.nameplate.certificates.IssuanceId;
import io.nameplate.certificates.IssuanceState;
import io.nameplate.certificates.IssuanceStore.NewIssuance;
import io.nameplate.certificates.Tries;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.teams.TeamId;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Rows of `issuance`.
final class IssuanceRows {
  private IssuanceRows() {}

  static Optional<Issuance> open(Connection connection, DomainId domain) throws SQLException {
    return one(
        connection,
        "select * from issuance where domain_id = ? and state not in ('issued', 'failed')",
        domain.uuid());
  }

  static Optional<Issuance> find(Connection connection, IssuanceId id) throws SQLException {
    return one(connection, "select * from issuance where id = ?", id.uuid());
  }

  /// The row, locked, if the try is still open.
  static boolean lockOpen(Connection connection, IssuanceId id) throws SQLException {
    return one(
            connection,
            "select * from issuance where id = ? and state not in ('issued', 'failed') for update",
            id.uuid())
        .isPresent();
  }

  static void insert(Connection connection, TeamId team, NewIssuance fresh) throws SQLException {
    execute(
        connection,
        """
        insert into issuance (id, team_id, domain_id, certificate_id, hostname, directory_url, state, profile, replaces, csr)
          values (?, ?, ?, ?, ?, ?, 'prepared', ?, ?, ?)\
        """,
        fresh.id().uuid(),
        team.uuid(),
        fresh.domain().uuid(),
        fresh.certificate().uuid(),
        fresh.hostname().ascii(),
        fresh.directory().toString(),
        fresh.profile().orElse(null),
        fresh.replaces().map(CertificateId::uuid).orElse(null),
        fresh.key().csr().der());
    for (var sealed : fresh.key().sealed().entrySet()) {
      execute(
          connection,
          "insert into certificate_key (certificate_id, cluster_id, team_id, sealed) values (?, ?,"
              + " ?, ?)",
          fresh.certificate().uuid(),
          sealed.getKey().uuid(),
          team.uuid(),
          sealed.getValue().bytes());
    }
  }

  /// What failed since the domain's last certificate, newest first.
  static List<Failed> failedInARow(Connection connection, DomainId domain) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select failure, problem_type, problem_detail, counted, updated_at from issuance i
              where domain_id = ? and state = 'failed' and created_at > coalesce(
                (select max(created_at) from issuance where domain_id = i.domain_id and state = 'issued'), '-infinity')
              order by updated_at desc limit 100\
            """)) {
      select.setObject(1, domain.uuid());
      try (var row = select.executeQuery()) {
        var found = new ArrayList<Failed>();
        while (row.next()) {
          found.add(
              new Failed(
                  new IssuanceFailure(
                      Columns.word(IssuanceFailure.Kind.class, row, "failure"),
                      new CaProblem(
                          row.getString("problem_type"), row.getString("problem_detail"))),
                  row.getBoolean("counted"),
                  Columns.instant(row, "updated_at")));
        }
        return found;
      }
    }
  }

  /// When counted tries at the hostname failed, oldest first.
  static List<Instant> failedTries(Connection connection, Hostname hostname, Instant since)
      throws SQLException {
    try (var select = connection.prepareStatement("select failed_at from failed_tries(?, ?)")) {
      Columns.bind(select, hostname.ascii(), since);
      try (var row = select.executeQuery()) {
        var found = new ArrayList<Instant>();
        while (row.next()) {
          found.add(Columns.instant(row, "failed_at"));
        }
        Collections.reverse(found);
        return found;
      }
    }
  }

  static Tries tries(List<Failed> inARow, List<Instant> inThirtyDays) {
    var counted = inARow.stream().filter(Failed::counted).toList();
    return new Tries(inThirtyDays, counted.size(), counted.stream().map(Failed::at).findFirst());
  }

  static int execute(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      Columns.bind(statement, values);
      return statement.executeUpdate();
    }
  }

  /// A failed try.
  record Failed(IssuanceFailure failure, boolean counted, Instant at) {}

  private static Optional<Issuance> one(Connection connection, String sql, UUID id)
      throws SQLException {
    try (var select = connection.prepareStatement(sql)) {
      select.setObject(1, id);
      try (var row = select.executeQuery()) {
        return row.next() ? Optional.of(issuance(row)) : Optional.empty();
      }
    }
  }

  private static Issuance issuance(ResultSet row) throws SQLException {
    return new Issuance(
        new IssuanceId(Columns.uuid(row, "id")),
        new DomainId(Columns.uuid(row, "domain_id")),
        new CertificateId(Columns.uuid(row, "certificate_id")),
        new Hostname(row.getString("hostname")),
        URI.create(row.getString("directory_url")),
        Columns.word(IssuanceState.class, row, "state"),
        Optional.ofNullable(row.getString("profile")),
        Columns.optionalUuid(row, "replaces").map(CertificateId::new),
        new Csr(row.getBytes("csr")),
        Optional.ofNullable(row.getString("order_url")).map(URI::create),
        Columns.optionalInstant(row, "order_sent_at"),
        problem(row),
        Columns.optionalInstant(row, "retry_after"),
        Columns.instant(row, "created_at"));
  }

  private static Optional<CaProblem> problem(ResultSet row) throws SQLException {
    var type = row.getString("problem_type");
    return type == null
        ? Optional.empty()
        : Optional.of(new CaProblem(type, row.getString("problem_detail")));
  }
}
