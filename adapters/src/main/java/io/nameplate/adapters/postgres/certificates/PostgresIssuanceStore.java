package io.nameplate.adapters.postgres.certificates;

import static io.nameplate.adapters.postgres.certificates.IssuanceRows.execute;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.record.DomainRows;
import io.nameplate.adapters.postgres.record.Entries;
import io.nameplate.adapters.postgres.record.Events;
import io.nameplate.certificates.CaLimit;
import io.nameplate.certificates.CaProblem;
import io.nameplate.certificates.CertificateId;
import io.nameplate.certificates.Issuance;
import io.nameplate.certificates.IssuanceFailure;
import io.nameplate.certificates.IssuanceId;
import io.nameplate.certificates.IssuanceState;
import io.nameplate.certificates.IssuanceStore;
import io.nameplate.certificates.IssuedCertificate;
import io.nameplate.certificates.Tries;
import io.nameplate.certificates.Validity;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Wanted;
import io.nameplate.edge.Position;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Tries at certificates in PostgreSQL. Each write locks the domain's row first, then the try's.
public final class PostgresIssuanceStore implements IssuanceStore {
  private static final Duration LATELY = Duration.ofHours(1);

  private final Database database;
  private final DomainScope scope;
  private final InstantSource clock;

  public PostgresIssuanceStore(Database database, InstantSource clock) {
    this.database = database;
    this.scope = new DomainScope(database);
    this.clock = clock;
  }

  @Override
  public Standing standing(DomainId domain, long generation) {
    return scope.in(
        domain,
        connection -> {
          var row = DomainRows.find(connection, domain).filter(d -> mayBeTried(d, generation));
          if (row.isEmpty()) {
            return new Standing.Superseded();
          }
          var open = IssuanceRows.open(connection, domain);
          if (open.flatMap(Issuance::orderUrl).isPresent()) {
            return new Standing.Open(open.get());
          }
          var awaited = nodesToCompare(connection, row.get().cluster());
          if (!awaited.isEmpty()) {
            return new Standing.Paused(awaited);
          }
          return open.isPresent() ? new Standing.Open(open.get()) : free(connection, row.get());
        });
  }

  private static List<String> nodesToCompare(Connection connection, ClusterId cluster)
      throws SQLException {
    try (var call =
        connection.prepareStatement("select coalesce(nodes_to_compare(?), '{}') as nodes")) {
      call.setObject(1, cluster.uuid());
      try (var row = call.executeQuery()) {
        row.next();
        return Columns.texts(row, "nodes");
      }
    }
  }

  @Override
  public Optional<Issuance> prepare(NewIssuance fresh, long generation) {
    return scope.in(
        fresh.domain(),
        connection -> {
          var domain =
              DomainRows.lock(connection, fresh.domain()).filter(d -> mayBeTried(d, generation));
          if (domain.isEmpty()) {
            return Optional.empty();
          }
          var open = IssuanceRows.open(connection, fresh.domain());
          if (open.isPresent()) {
            return open;
          }
          IssuanceRows.insert(connection, domain.get().team(), fresh);
          return IssuanceRows.find(connection, fresh.id());
        });
  }

  @Override
  public Optional<Issuance> find(DomainId domain, IssuanceId id) {
    return scope.in(domain, connection -> IssuanceRows.find(connection, id));
  }

  @Override
  public void orderSent(Issuance issuance, Instant at) {
    scope.in(
        issuance.domain(),
        connection ->
            execute(
                connection,
                "update issuance set order_sent_at = ?, updated_at = now() where id = ? and state ="
                    + " 'prepared'",
                at,
                issuance.id().uuid()));
  }

  @Override
  public URI ordered(Issuance issuance, URI order) {
    return scope.in(
        issuance.domain(),
        connection -> {
          var changed =
              execute(
                  connection,
                  """
                  update issuance set order_url = ?, state = 'ordered', retry_after = null, updated_at = now()
                    where id = ? and state = 'prepared'\
                  """,
                  order.toString(),
                  issuance.id().uuid());
          if (changed == 1) {
            var data = new LinkedHashMap<String, String>();
            data.put("issuance", issuance.id().toString());
            data.put("directory", issuance.directory().toString());
            issuance.profile().ifPresent(profile -> data.put("profile", profile));
            issuance.replaces().ifPresent(old -> data.put("replaces", old.toString()));
            event(connection, issuance, "certificate-ordered", "A certificate was ordered.", data);
          }
          return IssuanceRows.find(connection, issuance.id())
              .flatMap(Issuance::orderUrl)
              .orElse(order);
        });
  }

  @Override
  public Set<URI> known(Collection<URI> orders) {
    return database.inNoTeam(connection -> {
      var urls = orders.stream().map(URI::toString).toList();
      try (var select = connection.prepareStatement("select order_url from known_orders(?)")) {
        select.setArray(1, Columns.textArray(connection, urls));
        try (var row = select.executeQuery()) {
          var known = new HashSet<URI>();
          while (row.next()) {
            known.add(URI.create(row.getString("order_url")));
          }
          return known;
        }
      }
    });
  }

  @Override
  public Optional<Answered> answer(
      Issuance issuance, String token, String value, Instant expiresAt) {
    return scope.in(
        issuance.domain(),
        connection -> {
          var domain =
              DomainRows.lock(connection, issuance.domain()).filter(d -> d.claim().holder());
          if (domain.isEmpty()) {
            return Optional.empty();
          }
          var cluster = domain.get().cluster();
          var standing = standingAnswer(connection, issuance, cluster, token, value);
          var position =
              standing.isPresent()
                  ? standing
                  : Entries.putAnswer(connection, issuance.domain(), token, value, expiresAt);
          return position.map(at -> new Answered(cluster, at));
        });
  }

  @Override
  public void advance(Issuance issuance, IssuanceState to) {
    scope.in(
        issuance.domain(),
        connection ->
            execute(
                connection,
                """
                update issuance set state = ?, retry_after = null, updated_at = now()
                  where id = ? and state not in ('issued', 'failed') and state <> ?\
                """,
                to.word(),
                issuance.id().uuid(),
                to.word()));
  }

  @Override
  public void postpone(Issuance issuance, CaProblem problem, String message, Instant retryAt) {
    scope.in(
        issuance.domain(),
        connection -> {
          var told = problemOf(connection, issuance);
          var changed =
              execute(
                  connection,
                  """
                  update issuance set problem_type = ?, problem_detail = ?, retry_after = ?, updated_at = now()
                    where id = ? and state not in ('issued', 'failed')\
                  """,
                  problem.type(),
                  problem.detail(),
                  retryAt,
                  issuance.id().uuid());
          if (changed == 1 && !told.equals(Optional.of(problem.type()))) {
            var data = said(problem);
            data.put("retry_at", retryAt.toString());
            event(connection, issuance, "certificate-postponed", message, data);
          }
          return changed;
        });
  }

  @Override
  public void rest(URI directory, CaLimit limit, CaProblem problem, Instant until) {
    database.inNoTeam(connection ->
        execute(
            connection,
            """
            insert into acme_rest (directory_url, concerns, domain, until, problem_type, problem_detail) values (?, ?, ?, ?, ?, ?)
              on conflict (directory_url, concerns, domain) do update
                set until = excluded.until, problem_type = excluded.problem_type, problem_detail = excluded.problem_detail
                where acme_rest.until < excluded.until\
            """,
            directory.toString(),
            concerns(limit),
            limit.below().map(Hostname::ascii).orElse(""),
            until,
            problem.type(),
            problem.detail()));
  }

  private static String concerns(CaLimit limit) {
    return switch (limit) {
      case CaLimit.OfDomain(_) -> "domain";
      case CaLimit.OfAccount() -> "account";
      case CaLimit.Unknown() -> "all";
      case CaLimit.OfName() ->
          throw new IllegalArgumentException("limit: of one name (expected: of several)");
    };
  }

  private static CaLimit limit(String concerns, String domain) {
    return switch (concerns) {
      case "domain" -> new CaLimit.OfDomain(new Hostname(domain));
      case "account" -> new CaLimit.OfAccount();
      default -> new CaLimit.Unknown();
    };
  }

  @Override
  public List<Resting> resting(URI directory, Hostname name) {
    return database.inNoTeam(connection -> {
      var resting = new ArrayList<Resting>();
      try (var select =
          connection.prepareStatement(
              """
              select concerns, domain, until, problem_type, problem_detail from acme_rest
                where directory_url = ? and domain = any (?)\
              """)) {
        select.setString(1, directory.toString());
        select.setArray(2, Columns.textArray(connection, atAndAbove(name)));
        try (var row = select.executeQuery()) {
          while (row.next()) {
            resting.add(
                new Resting(
                    limit(row.getString("concerns"), row.getString("domain")),
                    new CaProblem(row.getString("problem_type"), row.getString("problem_detail")),
                    Columns.instant(row, "until")));
          }
        }
      }
      return resting;
    });
  }

  /// The name, the domains above it, and the empty one of what concerns the account.
  private static List<String> atAndAbove(Hostname name) {
    var names = new ArrayList<>(List.of(""));
    for (var rest = name.ascii(); !rest.isEmpty(); ) {
      names.add(rest);
      var dot = rest.indexOf('.');
      rest = dot < 0 ? "" : rest.substring(dot + 1);
    }
    return names;
  }

  @Override
  public Tries fail(Issuance issuance, IssuanceFailure failure, Instant now) {
    return scope.in(
        issuance.domain(),
        connection -> {
          DomainRows.lock(connection, issuance.domain());
          if (IssuanceRows.lockOpen(connection, issuance.id())) {
            end(connection, issuance, failure, now);
            var data = said(failure.problem());
            data.put("reason", failure.reason().code());
            event(connection, issuance, "certificate-failed", failure.message(), data);
            removeAnswers(connection, issuance.domain());
          }
          return tries(
              connection,
              issuance.hostname(),
              IssuanceRows.failedInARow(connection, issuance.domain()));
        });
  }

  private void end(Connection connection, Issuance issuance, IssuanceFailure failure, Instant now)
      throws SQLException {
    var lostLately =
        IssuanceRows.failedInARow(connection, issuance.domain()).stream()
            .filter(f -> f.failure().kind() == IssuanceFailure.Kind.LOST)
            .filter(f -> f.at().isAfter(now.minus(LATELY)))
            .count();
    execute(
        connection,
        """
        update issuance set state = 'failed', failure = ?, counted = ?, problem_type = ?, problem_detail = ?,
          retry_after = null, updated_at = ? where id = ?\
        """,
        failure.kind().name().toLowerCase(Locale.ROOT),
        failure.counts((int) lostLately),
        failure.problem().type(),
        failure.problem().detail(),
        now,
        issuance.id().uuid());
    execute(
        connection,
        "delete from certificate_key where certificate_id = ?",
        issuance.certificate().uuid());
  }

  @Override
  public void issued(
      Issuance issuance, IssuedCertificate certificate, Optional<URI> url, Instant renewFrom) {
    scope.in(
        issuance.domain(),
        connection -> {
          var domain = DomainRows.lock(connection, issuance.domain());
          if (domain.isEmpty() || !IssuanceRows.lockOpen(connection, issuance.id())) {
            return false;
          }
          store(connection, domain.get(), issuance, certificate, url, renewFrom);
          execute(
              connection,
              "update issuance set state = 'issued', retry_after = null, updated_at = now() where"
                  + " id = ?",
              issuance.id().uuid());
          // A removed domain, or one that lost its name, gets nothing wanted by a late step.
          execute(
              connection,
              """
              update domain set certificate_id = ?, updated_at = now()
                where id = ? and holder and removed_at is null and wanted <> 'removed'\
              """,
              issuance.certificate().uuid(),
              issuance.domain().uuid());
          event(
              connection,
              issuance,
              "certificate-issued",
              "A certificate was issued; it holds until %s."
                  .formatted(certificate.validity().notAfter()),
              Map.of(
                  "certificate", issuance.certificate().toString(),
                  "issuer", certificate.issuer(),
                  "serial", certificate.serial(),
                  "not_before", certificate.validity().notBefore().toString(),
                  "not_after", certificate.validity().notAfter().toString()));
          removeAnswers(connection, issuance.domain());
          return true;
        });
  }

  /// Takes back every answer of the domain; last in its transaction, since it takes the cluster's
  /// next revision.
  static void removeAnswers(Connection connection, DomainId domain) throws SQLException {
    for (var token : tokens(connection, domain)) {
      Entries.removeAnswer(connection, domain, token);
    }
  }

  private Standing free(Connection connection, Domain domain) throws SQLException {
    var failed = IssuanceRows.failedInARow(connection, domain.id());
    return new Standing.Free(
        domain.hostname(),
        Set.of(domain.cluster()),
        present(connection, domain),
        tries(connection, domain.hostname(), failed),
        failed.stream()
            .filter(IssuanceRows.Failed::counted)
            .map(IssuanceRows.Failed::failure)
            .findFirst());
  }

  private Tries tries(Connection connection, Hostname hostname, List<IssuanceRows.Failed> inARow)
      throws SQLException {
    var since = clock.instant().minus(Tries.SPAN);
    return IssuanceRows.tries(inARow, IssuanceRows.failedTries(connection, hostname, since));
  }

  private static Optional<Present> present(Connection connection, Domain domain)
      throws SQLException {
    if (domain.certificate().isEmpty()) {
      return Optional.empty();
    }
    try (var select =
        connection.prepareStatement(
            "select id, directory_url, not_before, not_after from certificate where id = ?")) {
      select.setObject(1, domain.certificate().get().uuid());
      try (var row = select.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Present(
                    new CertificateId(Columns.uuid(row, "id")),
                    URI.create(row.getString("directory_url")),
                    new Validity(
                        Columns.instant(row, "not_before"), Columns.instant(row, "not_after"))))
            : Optional.empty();
      }
    }
  }

  private static boolean mayBeTried(Domain domain, long generation) {
    return domain.generation() == generation
        && domain.claim().holder()
        && domain.wanted() == Wanted.SERVING
        && domain.removedAt().isEmpty();
  }

  private static void store(
      Connection connection,
      Domain domain,
      Issuance issuance,
      IssuedCertificate certificate,
      Optional<URI> url,
      Instant renewFrom)
      throws SQLException {
    execute(
        connection,
        """
        insert into certificate (id, team_id, domain_id, hostname, directory_url, certificate_url, chain, issuer, serial, sha256,
            not_before, not_after, renew_from)
          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing\
        """,
        issuance.certificate().uuid(),
        domain.team().uuid(),
        domain.id().uuid(),
        issuance.hostname().ascii(),
        issuance.directory().toString(),
        url.map(URI::toString).orElse(null),
        certificate.chain(),
        certificate.issuer(),
        certificate.serial(),
        HexFormat.of().parseHex(certificate.sha256()),
        certificate.validity().notBefore(),
        certificate.validity().notAfter(),
        renewFrom);
  }

  /// Where the same answer stands already, so that a repeated step moves no revision.
  private static Optional<Position> standingAnswer(
      Connection connection, Issuance issuance, ClusterId cluster, String token, String value)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select p.epoch, a.revision from answer a join cluster_position p on p.cluster_id = a.cluster_id
              where a.cluster_id = ? and a.hostname = ? and a.token = ? and a.domain_id = ? and a.value = ? and not a.removed\
            """)) {
      Columns.bind(
          select,
          cluster.uuid(),
          issuance.hostname().ascii(),
          token,
          issuance.domain().uuid(),
          value);
      try (var row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new Position(row.getLong("epoch"), row.getLong("revision")))
            : Optional.empty();
      }
    }
  }

  private static List<String> tokens(Connection connection, DomainId domain) throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select token from answer where domain_id = ? and not removed order by token")) {
      select.setObject(1, domain.uuid());
      try (var row = select.executeQuery()) {
        var tokens = new ArrayList<String>();
        while (row.next()) {
          tokens.add(row.getString("token"));
        }
        return tokens;
      }
    }
  }

  private static Optional<String> problemOf(Connection connection, Issuance issuance)
      throws SQLException {
    try (var select =
        connection.prepareStatement("select problem_type from issuance where id = ? for update")) {
      select.setObject(1, issuance.id().uuid());
      try (var row = select.executeQuery()) {
        return row.next() ? Optional.ofNullable(row.getString("problem_type")) : Optional.empty();
      }
    }
  }

  private static Map<String, String> said(CaProblem problem) {
    var data = new LinkedHashMap<String, String>();
    if (!problem.type().isEmpty()) {
      data.put("problem_type", problem.uri());
    }
    data.put("problem_detail", problem.detail());
    return data;
  }

  private static void event(
      Connection connection, Issuance issuance, String type, String message, Map<String, ?> data)
      throws SQLException {
    var domain = DomainRows.find(connection, issuance.domain());
    Events.write(
        connection,
        Objects.requireNonNull(domain.orElse(null), "issuance: its domain"),
        type,
        message,
        data);
  }
}
