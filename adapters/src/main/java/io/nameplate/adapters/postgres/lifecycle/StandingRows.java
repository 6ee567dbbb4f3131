package io.nameplate.adapters.postgres.lifecycle;

import static io.nameplate.adapters.postgres.record.Columns.instant;
import static io.nameplate.adapters.postgres.record.Columns.optionalUuid;
import static io.nameplate.adapters.postgres.record.Columns.texts;
import static io.nameplate.adapters.postgres.record.Columns.word;

import io.nameplate.adapters.postgres.record.ConditionRows;
import io.nameplate.adapters.postgres.record.DomainRows;
import io.nameplate.certificates.CertificateId;
import io.nameplate.certificates.PresentCertificate;
import io.nameplate.clusters.Cluster;
import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.HostHeader;
import io.nameplate.domains.Origin;
import io.nameplate.domains.Standing;
import io.nameplate.edge.Entry;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// How a domain stands, in two round trips.
final class StandingRows {
  private static final String SELECT =
      "select "
          + DomainRows.COLUMNS
          + """
          , c.name as cluster_name, c.team_id as cluster_team, c.cname_zone, c.http_port, c.https_port,
            c.created_at as cluster_created_at, array(select host(a) from unnest(c.addresses) a) as addresses,
            held.domain_id as held_by,
            not c.shared and c.served_teams <@ array[d.team_id]
              and not (select t.strict_proof from team t where t.id = d.team_id)
              and not held_before_by_another(d.hostname, d.team_id) as address_proves,
            k.sha256, k.not_before, k.not_after, k.renew_from,
            exists (select 1 from certificate o where o.domain_id = d.id and o.id <> d.certificate_id
              and o.replaced_at is null) as older_certificates,
            e.state as entry_state, e.revision, e.origin_url as entry_origin_url, e.host_header as entry_host_header,
            e.certificate_id as entry_certificate_id, e.changed_at, p.epoch
          from domain d join cluster c on c.id = d.cluster_id
            join cluster_position p on p.cluster_id = d.cluster_id
            left join lateral holder_of(d.hostname) held on true
            left join certificate k on k.id = d.certificate_id
            left join entry e on e.cluster_id = d.cluster_id and e.hostname = d.hostname and e.domain_id = d.id
          where d.id = ?\
          """;

  private StandingRows() {}

  static Optional<Standing> find(Connection connection, DomainId id) throws SQLException {
    return select(connection, id, "");
  }

  /// The same with the domain's row locked until the transaction ends.
  static Optional<Standing> lock(Connection connection, DomainId id) throws SQLException {
    return select(connection, id, " for update of d");
  }

  private static Optional<Standing> select(Connection connection, DomainId id, String suffix)
      throws SQLException {
    try (var select = connection.prepareStatement(SELECT + suffix)) {
      select.setObject(1, id.uuid());
      try (var row = select.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        return Optional.of(standing(connection, row));
      }
    }
  }

  private static Standing standing(Connection connection, ResultSet row) throws SQLException {
    var domain = DomainRows.domain(row);
    var cluster = cluster(domain, row);
    var heldBy = optionalUuid(row, "held_by").map(DomainId::new);
    var certificate = certificate(domain, row);
    var entry = entry(domain, row);
    var addressProves = row.getBoolean("address_proves");
    var older = row.getBoolean("older_certificates");
    return new Standing(
        domain,
        cluster,
        Map.copyOf(ConditionRows.of(connection, domain.id())),
        heldBy,
        addressProves,
        certificate,
        older,
        entry);
  }

  private static Cluster cluster(Domain domain, ResultSet row) throws SQLException {
    return new Cluster(
        domain.cluster(),
        row.getString("cluster_name"),
        optionalUuid(row, "cluster_team").map(TeamId::new),
        row.getString("cname_zone"),
        texts(row, "addresses"),
        row.getInt("http_port"),
        row.getInt("https_port"),
        instant(row, "cluster_created_at"));
  }

  private static Optional<PresentCertificate> certificate(Domain domain, ResultSet row)
      throws SQLException {
    var sha256 = row.getBytes("sha256");
    if (sha256 == null) {
      return Optional.empty();
    }
    return Optional.of(
        new PresentCertificate(
            domain.certificate().orElseThrow(),
            HexFormat.of().formatHex(sha256),
            instant(row, "not_before"),
            instant(row, "not_after"),
            instant(row, "renew_from")));
  }

  private static Optional<Entry> entry(Domain domain, ResultSet row) throws SQLException {
    if (row.getString("entry_state") == null) {
      return Optional.empty();
    }
    var url = row.getString("entry_origin_url");
    return Optional.of(
        new Entry(
            domain.cluster(),
            domain.hostname(),
            domain.id(),
            new Position(row.getLong("epoch"), row.getLong("revision")),
            word(EntryState.class, row, "entry_state"),
            url == null
                ? Optional.empty()
                : Optional.of(new Origin(url, word(HostHeader.class, row, "entry_host_header"))),
            optionalUuid(row, "entry_certificate_id").map(CertificateId::new),
            instant(row, "changed_at")));
  }
}
