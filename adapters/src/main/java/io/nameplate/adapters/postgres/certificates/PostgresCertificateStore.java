package io.nameplate.adapters.postgres.certificates;

import static io.nameplate.adapters.postgres.certificates.IssuanceRows.execute;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.record.DomainRows;
import io.nameplate.adapters.postgres.record.Events;
import io.nameplate.adapters.postgres.record.Outbox;
import io.nameplate.certificates.CertificateId;
import io.nameplate.certificates.CertificateStore;
import io.nameplate.certificates.IssuanceFailure;
import io.nameplate.certificates.RenewalWindow;
import io.nameplate.certificates.Validity;
import io.nameplate.domains.DomainId;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Certificates in PostgreSQL.
public final class PostgresCertificateStore implements CertificateStore {
  private final Database database;
  private final DomainScope scope;

  public PostgresCertificateStore(Database database) {
    this.database = database;
    this.scope = new DomainScope(database);
  }

  @Override
  public Optional<Watched> find(DomainId domain, CertificateId id) {
    return scope.in(domain, connection -> watched(connection, id));
  }

  @Override
  public void retireAllBut(DomainId domain, CertificateId keep) {
    scope.in(
        domain,
        connection -> {
          execute(
              connection,
              "update certificate set replaced_at = now() where domain_id = ? and id <> ? and"
                  + " replaced_at is null",
              domain.uuid(),
              keep.uuid());
          return execute(
              connection,
              """
              delete from certificate_key k using certificate c
                where c.id = k.certificate_id and c.domain_id = ? and c.id <> ? and c.replaced_at is not null\
              """,
              domain.uuid(),
              keep.uuid());
        });
  }

  @Override
  public void forget(DomainId domain) {
    scope.in(
        domain,
        connection -> {
          DomainRows.lock(connection, domain);
          giveUpOpenTry(connection, domain);
          execute(
              connection,
              "update certificate set replaced_at = now() where domain_id = ? and replaced_at is"
                  + " null",
              domain.uuid());
          execute(
              connection,
              """
              delete from certificate_key where certificate_id in (select certificate_id from issuance where domain_id = ?
                union all select id from certificate where domain_id = ?)\
              """,
              domain.uuid(),
              domain.uuid());
          PostgresIssuanceStore.removeAnswers(connection, domain);
          return true;
        });
  }

  @Override
  public List<Watched> claimStaleWindows(URI directory, int limit, Instant leasedUntil) {
    var claimed =
        database.inNoTeam(connection -> {
          try (var call =
              connection.prepareStatement("select * from claim_stale_windows(?, ?, ?)")) {
            Columns.bind(call, directory.toString(), limit, leasedUntil);
            try (var row = call.executeQuery()) {
              var found = new ArrayList<Map.Entry<DomainId, CertificateId>>();
              while (row.next()) {
                found.add(
                    Map.entry(
                        new DomainId(Columns.uuid(row, "domain_id")),
                        new CertificateId(Columns.uuid(row, "certificate_id"))));
              }
              return found;
            }
          }
        });
    return claimed.stream()
        .flatMap(one ->
            scope.in(one.getKey(), connection -> watched(connection, one.getValue())).stream())
        .toList();
  }

  @Override
  public void looked(
      Watched certificate,
      Optional<RenewalWindow> window,
      Instant renewFrom,
      Instant now,
      Instant nextLook) {
    scope.in(
        certificate.domain(),
        connection -> {
          var domain = DomainRows.lock(connection, certificate.domain());
          execute(
              connection,
              """
              update certificate set window_start = ?, window_end = ?, renew_from = ?, window_checked_at = ?, window_next_look_at = ?
                where id = ?\
              """,
              window.map(RenewalWindow::start).orElse(null),
              window.map(RenewalWindow::end).orElse(null),
              renewFrom,
              now,
              nextLook,
              certificate.id().uuid());
          var moved = !window.equals(certificate.window());
          if (domain.isEmpty()
              || !domain.get().certificate().equals(Optional.of(certificate.id()))) {
            return false;
          }
          if (moved && certificate.window().isPresent()) {
            Events.write(
                connection,
                domain.get(),
                "renewal-window-moved",
                "The certificate authority moved the renewal window; renewal is due from %s."
                    .formatted(renewFrom),
                Map.of(
                    "certificate",
                    certificate.id().toString(),
                    "renew_from",
                    renewFrom.toString()));
          }
          if (moved && !renewFrom.isAfter(now)) {
            Outbox.put(connection, domain.get().team(), domain.get().id(), Outbox.Priority.RENEWAL);
          }
          return true;
        });
  }

  private static void giveUpOpenTry(Connection connection, DomainId domain) throws SQLException {
    var givenUp = IssuanceFailure.givenUp();
    execute(
        connection,
        """
        update issuance set state = 'failed', failure = ?, problem_type = ?, problem_detail = ?, updated_at = now()
          where domain_id = ? and state not in ('issued', 'failed')\
        """,
        givenUp.kind().name().toLowerCase(Locale.ROOT),
        givenUp.problem().type(),
        givenUp.problem().detail(),
        domain.uuid());
  }

  private static Optional<Watched> watched(Connection connection, CertificateId id)
      throws SQLException {
    try (var select = connection.prepareStatement("select * from certificate where id = ?")) {
      select.setObject(1, id.uuid());
      try (var row = select.executeQuery()) {
        return row.next() ? Optional.of(watched(row)) : Optional.empty();
      }
    }
  }

  private static Watched watched(ResultSet row) throws SQLException {
    var end = Columns.optionalInstant(row, "window_end");
    return new Watched(
        new DomainId(Columns.uuid(row, "domain_id")),
        new CertificateId(row.getObject("id", UUID.class)),
        URI.create(row.getString("directory_url")),
        row.getString("chain"),
        new Validity(Columns.instant(row, "not_before"), Columns.instant(row, "not_after")),
        Columns.optionalInstant(row, "window_start")
            .flatMap(start -> end.map(to -> new RenewalWindow(start, to))),
        Columns.instant(row, "renew_from"));
  }
}
