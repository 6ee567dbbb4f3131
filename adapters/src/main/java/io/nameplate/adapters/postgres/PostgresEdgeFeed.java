package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.rollouts.ClusterRollouts;
import io.nameplate.adapters.postgres.rollouts.RolloutRows;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.NodeId;
import io.nameplate.edge.EdgeFeed;
import io.nameplate.edge.Position;
import io.nameplate.rollouts.Permission;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The edge's side of the record, as the role that sees one cluster's entries and no team's rows.
public final class PostgresEdgeFeed implements EdgeFeed {
  private final Database database;

  public PostgresEdgeFeed(Database database) {
    this.database = database;
  }

  @Override
  public Optional<KnownNode> node(byte[] fingerprint) {
    return database.inNoTeam(connection -> {
      try (var call = connection.prepareStatement("select * from node_by_certificate(?)")) {
        call.setBytes(1, fingerprint);
        try (var row = call.executeQuery()) {
          return row.next()
              ? Optional.of(
                  new KnownNode(
                      new NodeId(Columns.uuid(row, "node_id")),
                      new ClusterId(Columns.uuid(row, "cluster_id")),
                      !row.getString("state").equals("joined")))
              : Optional.<KnownNode>empty();
        }
      }
    });
  }

  @Override
  public Joining join(byte[] tokenHash, NodeRequest request) {
    return database.inNoTeam(connection -> {
      try (var call =
          connection.prepareStatement("select * from join_node(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
        Columns.bind(
            call,
            tokenHash,
            sha256(request.csr()),
            request.id().uuid(),
            request.name(),
            request.httpsAddress(),
            request.httpAddress(),
            request.version(),
            Columns.textArray(connection, request.features()),
            request.csr(),
            Base64.getDecoder().decode(request.sealingKey()));
        try (var row = call.executeQuery()) {
          row.next();
          return joining(row);
        }
      }
    });
  }

  private static Joining joining(ResultSet row) throws SQLException {
    var refused = row.getString("refused");
    if (refused == null) {
      return new Joining.Accepted(
          new NodeId(Columns.uuid(row, "node_id")), new ClusterId(Columns.uuid(row, "cluster_id")));
    }
    return refused.equals("join-token-spent")
        ? new Joining.TokenSpent()
        : new Joining.TokenInvalid();
  }

  @Override
  public Optional<Admission> admission(byte[] tokenHash, NodeId node) {
    return database.inNoTeam(connection -> {
      try (var call = connection.prepareStatement("select * from joining_node(?, ?)")) {
        Columns.bind(call, tokenHash, node.uuid());
        try (var row = call.executeQuery()) {
          return row.next() ? Optional.of(admission(row)) : Optional.<Admission>empty();
        }
      }
    });
  }

  private static Admission admission(ResultSet row) throws SQLException {
    var certificate = row.getString("certificate");
    var sealed = row.getBytes("sealed_cluster_key");
    if (row.getString("state").equals("revoked")) {
      return new Admission.Revoked();
    }
    if (certificate == null || sealed == null) {
      return new Admission.Pending();
    }
    return new Admission.Ready(
        certificate,
        Base64.getEncoder().encodeToString(sealed),
        new ClusterId(Columns.uuid(row, "cluster_id")),
        row.getInt("http_port"));
  }

  @Override
  public Map<ClusterId, Position> positions(Set<ClusterId> clusters) {
    return database.atOnce(connection -> {
      var positions = new HashMap<ClusterId, Position>();
      try (var select =
          connection.prepareStatement(
              "select cluster_id, epoch, revision from cluster_position where cluster_id = any"
                  + " (?)")) {
        var ids = clusters.stream().map(ClusterId::uuid).toArray();
        select.setArray(1, connection.createArrayOf("uuid", ids));
        try (var row = select.executeQuery()) {
          while (row.next()) {
            positions.put(
                new ClusterId(Columns.uuid(row, "cluster_id")),
                new Position(row.getLong("epoch"), row.getLong("revision")));
          }
        }
      }
      return positions;
    });
  }

  @Override
  public Set<NodeId> revokedAmong(Set<NodeId> nodes) {
    return database.inNoTeam(connection -> {
      var revoked = new HashSet<NodeId>();
      try (var call = connection.prepareStatement("select node_id from revoked_among(?)")) {
        call.setArray(
            1, connection.createArrayOf("uuid", nodes.stream().map(NodeId::uuid).toArray()));
        try (var row = call.executeQuery()) {
          while (row.next()) {
            revoked.add(new NodeId(Columns.uuid(row, "node_id")));
          }
        }
      }
      return revoked;
    });
  }

  @Override
  public Batch changes(ClusterId cluster, Since since, int limit) {
    if (since.everything() || since.snapshot()) {
      return database.inCluster(
          cluster, connection -> new FeedBatches(connection, cluster).streamed(since, limit));
    }
    return database.atOnce(connection -> new FeedBatches(connection, cluster).atOnce(since, limit));
  }

  @Override
  public Batch.Changes entries(ClusterId cluster, List<String> hostnames) {
    return database.inCluster(
        cluster, connection -> new FeedBatches(connection, cluster).listed(hostnames));
  }

  @Override
  public void outline(ClusterId cluster, Outline to) {
    database.inCluster(
        cluster,
        connection -> {
          new FeedBatches(connection, cluster).outline(to);
          return cluster;
        });
  }

  @Override
  public Acknowledged acked(KnownNode node, Report report) {
    var stored = database.inNoTeam(connection -> report(connection, node.id(), report));
    if (!stored.watching()) {
      return stored.told();
    }
    // In a transaction of its own: it looks at other nodes' rows, and others wait for this one's.
    var policy =
        database.inCluster(
            node.cluster(),
            connection -> {
              var rollouts = new ClusterRollouts(connection, node.cluster());
              return rollouts.look(node.id())
                  ? rollouts.policyFor(node.id())
                  : stored.told().policy();
            });
    return new Acknowledged(stored.told().digestMatches(), stored.told().confirmRemovals(), policy);
  }

  @Override
  public Permission upgrade(KnownNode node, String build) {
    return database.inCluster(
        node.cluster(),
        connection -> new ClusterRollouts(connection, node.cluster()).permission(node.id(), build));
  }

  /// What came of a report.
  ///
  /// @param watching whether a rollout of the cluster has to be judged
  private record Stored(Acknowledged told, boolean watching) {}

  private static Stored report(Connection connection, NodeId node, Report report)
      throws SQLException {
    try (var call =
        connection.prepareStatement(
            "select * from ack_node(?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?::timestamptz, ?, ?, ?)")) {
      var counted = report.counted();
      Columns.bind(
          call,
          node.uuid(),
          report.position().epoch(),
          report.position().revision(),
          report.digest(),
          report.names(),
          report.heldRemovals(),
          Columns.textArray(connection, report.held()),
          report.refused(),
          report.version(),
          report.ready(),
          counted.map(Counted::since).orElse(null),
          counted.map(it -> it.tally().tries()).orElse(0L),
          counted.map(it -> it.tally().failures()).orElse(0L),
          report.policy());
      try (var row = call.executeQuery()) {
        if (!row.next()) {
          return new Stored(new Acknowledged(Optional.empty(), false, Follow.NOTHING), false);
        }
        var told =
            new Acknowledged(
                Optional.ofNullable(row.getObject("digest_matches", Boolean.class)),
                row.getBoolean("removals_confirmed"),
                new Follow(row.getLong("policy"), RolloutRows.limits(row)));
        return new Stored(told, row.getBoolean("watching"));
      }
    }
  }

  @Override
  public Optional<Answer> answer(ClusterId cluster, String hostname, String token) {
    return database.inCluster(
        cluster,
        connection -> {
          try (var select =
              connection.prepareStatement(
                  """
                  select * from answer
                    where cluster_id = ? and hostname = ? and token = ? and not removed and expires_at > now()\
                  """)) {
            Columns.bind(select, cluster.uuid(), hostname, token);
            try (var row = select.executeQuery()) {
              return row.next() ? Optional.of(FeedBatches.answer(row)) : Optional.<Answer>empty();
            }
          }
        });
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
