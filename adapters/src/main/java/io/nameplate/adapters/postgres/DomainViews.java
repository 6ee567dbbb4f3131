package io.nameplate.adapters.postgres;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.nameplate.adapters.postgres.record.ClusterRows;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.record.ConditionRows;
import io.nameplate.certificates.CertificateFacts;
import io.nameplate.certificates.CertificateId;
import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.Node;
import io.nameplate.clusters.NodeId;
import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainView;
import io.nameplate.domains.ServedBy;
import io.nameplate.domains.TransferState;
import io.nameplate.edge.Position;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/// All that is shown about some domains, gathered with one query a kind however many they are.
final class DomainViews {
  private final Connection connection;
  private final Instant now;

  DomainViews(Connection connection, Instant now) {
    this.connection = connection;
    this.now = now;
  }

  /// In the order of `domains`.
  List<DomainView> of(List<Domain> domains) throws SQLException {
    if (domains.isEmpty()) {
      return List.of();
    }
    var clusters = clusters(domains.stream().map(Domain::cluster).collect(toSet()));
    var nodes = nodes(clusters.keySet());
    var conditions = ConditionRows.of(connection, domains.stream().map(Domain::id).toList());
    var certificates = certificates(domains);
    var entries = entries(domains);
    var proofs = proofs(domains);
    var byAddress = provedByAddress(domains, clusters);
    var views = new ArrayList<DomainView>();
    for (var domain : domains) {
      var cluster = clusters.get(domain.cluster());
      if (cluster == null) {
        throw new IllegalStateException("domain " + domain.id() + " is on a cluster out of sight");
      }
      var serving =
          nodes.stream()
              .filter(it -> it.node.cluster().equals(domain.cluster()))
              .map(it ->
                  new ServedBy(
                      it.node,
                      it.node.at(now, entries.getOrDefault(domain.id(), it.wanted)),
                      Optional.ofNullable(
                          proofs.getOrDefault(domain.id(), Map.of()).get(it.node.id()))))
              .toList();
      views.add(
          new DomainView(
              domain,
              cluster,
              conditions.getOrDefault(domain.id(), Map.of()),
              domain.certificate().flatMap(id -> Optional.ofNullable(certificates.get(id))),
              serving,
              transfer(domain),
              byAddress.contains(domain.id())));
    }
    return views;
  }

  /// A domain that was added just now: nothing is known about it yet.
  DomainView ofNew(Domain domain, Cluster cluster) throws SQLException {
    var serving =
        nodes(Set.of(cluster.id())).stream()
            .map(it -> new ServedBy(it.node, it.node.at(now, it.wanted), Optional.empty()))
            .toList();
    var byAddress = provedByAddress(List.of(domain), Map.of(cluster.id(), cluster));
    return new DomainView(
        domain,
        cluster,
        Map.of(),
        Optional.empty(),
        serving,
        TransferState.NONE,
        !byAddress.isEmpty());
  }

  private TransferState transfer(Domain domain) throws SQLException {
    var claim = domain.claim();
    if (claim.holder() || claim.proof().isEmpty()) {
      return TransferState.NONE;
    }
    if (claim.transferRequestedAt().isPresent()) {
      return TransferState.REQUESTED;
    }
    if (claim.provedAt().filter(at -> Transfers.fresh(at, now)).isEmpty()) {
      return TransferState.NONE;
    }
    try (var call = connection.prepareStatement("select held_by_another_domain(?, ?)")) {
      Columns.bind(call, domain.hostname().ascii(), domain.id().uuid());
      try (var row = call.executeQuery()) {
        return row.next() && row.getBoolean(1) ? TransferState.POSSIBLE : TransferState.NONE;
      }
    }
  }

  /// Those of `domains` that the addresses of their cluster prove; on a shared one that is none.
  private Set<DomainId> provedByAddress(List<Domain> domains, Map<ClusterId, Cluster> clusters)
      throws SQLException {
    var onOwn =
        domains.stream()
            .filter(domain -> {
              var cluster = clusters.get(domain.cluster());
              return cluster != null && !cluster.shared();
            })
            .toList();
    if (onOwn.isEmpty()) {
      return Set.of();
    }
    return Set.copyOf(
        select(
            "select id from domain where id = any (?) and address_proves(id)",
            uuids(onOwn, domain -> domain.id().uuid()),
            row -> new DomainId(Columns.uuid(row, "id"))));
  }

  private Map<ClusterId, Cluster> clusters(Set<ClusterId> ids) throws SQLException {
    return select(
            "select " + ClusterRows.CLUSTER + " from cluster c where c.id = any (?)",
            uuids(ids, ClusterId::uuid),
            ClusterRows::cluster)
        .stream()
        .collect(toMap(Cluster::id, Function.identity()));
  }

  private List<NodeAndWanted> nodes(Set<ClusterId> clusters) throws SQLException {
    return select(
        "select "
            + ClusterRows.NODE
            + """
            , p.epoch as wanted_epoch, p.revision as wanted_revision
            from node n join cluster_position p on p.cluster_id = n.cluster_id
            where n.cluster_id = any (?) and n.state = 'joined' and n.expected order by n.name\
            """,
        uuids(clusters, ClusterId::uuid),
        row ->
            new NodeAndWanted(
                ClusterRows.node(row),
                new Position(row.getLong("wanted_epoch"), row.getLong("wanted_revision"))));
  }

  private Map<CertificateId, CertificateFacts> certificates(List<Domain> domains)
      throws SQLException {
    var ids = domains.stream().flatMap(domain -> domain.certificate().stream()).collect(toSet());
    if (ids.isEmpty()) {
      return Map.of();
    }
    return select(
            """
            select id, issuer, serial, not_before, not_after, renew_from, sha256 from certificate where id = any (?)\
            """,
            uuids(ids, CertificateId::uuid),
            row ->
                new CertificateFacts(
                    new CertificateId(Columns.uuid(row, "id")),
                    row.getString("issuer"),
                    row.getString("serial"),
                    Columns.instant(row, "not_before"),
                    Columns.instant(row, "not_after"),
                    Columns.instant(row, "renew_from"),
                    HexFormat.of().formatHex(row.getBytes("sha256"))))
        .stream()
        .collect(toMap(CertificateFacts::id, Function.identity()));
  }

  /// Where each domain's own entry was last written.
  private Map<DomainId, Position> entries(List<Domain> domains) throws SQLException {
    var found = new HashMap<DomainId, Position>();
    select(
        """
        select e.domain_id, p.epoch, e.revision from entry e join cluster_position p on p.cluster_id = e.cluster_id
          where e.domain_id = any (?) order by e.revision\
        """,
        uuids(domains, domain -> domain.id().uuid()),
        row ->
            found.put(
                new DomainId(Columns.uuid(row, "domain_id")),
                new Position(row.getLong("epoch"), row.getLong("revision"))));
    return found;
  }

  private Map<DomainId, Map<NodeId, Instant>> proofs(List<Domain> domains) throws SQLException {
    var found = new HashMap<DomainId, Map<NodeId, Instant>>();
    select(
        "select domain_id, node_id, proved_at from domain_node where domain_id = any (?)",
        uuids(domains, domain -> domain.id().uuid()),
        row ->
            found
                .computeIfAbsent(new DomainId(Columns.uuid(row, "domain_id")), _ -> new HashMap<>())
                .put(new NodeId(Columns.uuid(row, "node_id")), Columns.instant(row, "proved_at")));
    return found;
  }

  private <T> Array uuids(Iterable<T> ids, Function<T, UUID> uuid) throws SQLException {
    var uuids = new ArrayList<UUID>();
    ids.forEach(id -> uuids.add(uuid.apply(id)));
    return connection.createArrayOf("uuid", uuids.toArray());
  }

  private <T> List<T> select(String sql, Array parameter, Row<T> read) throws SQLException {
    var found = new ArrayList<T>();
    try (var select = connection.prepareStatement(sql)) {
      select.setArray(1, parameter);
      try (var row = select.executeQuery()) {
        while (row.next()) {
          found.add(read.of(row));
        }
      }
    }
    return found;
  }

  @FunctionalInterface
  private interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  private record NodeAndWanted(Node node, Position wanted) {}
}
