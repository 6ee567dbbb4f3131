package io.nameplate.adapters.postgres.record;

import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.Node;
import io.nameplate.clusters.NodeId;
import io.nameplate.edge.Position;
import io.nameplate.teams.TeamId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// Rows of `cluster` and `node`, without what is secret in them.
public final class ClusterRows {
  private ClusterRows() {}

  /// Every column that [#cluster] reads; PostgreSQL writes addresses as RFC 5952 has them.
  public static final String CLUSTER =
      "c.id, c.name, c.team_id, c.cname_zone, (select array_agg(host(a) order by n) from"
          + " unnest(c.addresses) with ordinality as u(a, n)) as addresses, c.http_port,"
          + " c.https_port, c.created_at";

  /// Every column that [#node] reads.
  public static final String NODE =
      "n.id as node_id, n.cluster_id, n.name, n.state, n.https_address, n.http_address, n.version,"
          + " n.epoch, n.revision, n.held_removals, n.differs_since, n.acked_at";

  /// The cluster of a row that has [#CLUSTER].
  public static Cluster cluster(ResultSet row) throws SQLException {
    return new Cluster(
        new ClusterId(Columns.uuid(row, "id")),
        row.getString("name"),
        Columns.optionalUuid(row, "team_id").map(TeamId::new),
        row.getString("cname_zone"),
        Columns.texts(row, "addresses"),
        row.getInt("http_port"),
        row.getInt("https_port"),
        Columns.instant(row, "created_at"));
  }

  /// The node of a row that has [#NODE].
  public static Node node(ResultSet row) throws SQLException {
    var epoch = row.getLong("epoch");
    var position =
        row.wasNull()
            ? Optional.<Position>empty()
            : Optional.of(new Position(epoch, row.getLong("revision")));
    return new Node(
        new NodeId(Columns.uuid(row, "node_id")),
        new ClusterId(Columns.uuid(row, "cluster_id")),
        row.getString("name"),
        row.getString("state").equals("joined"),
        row.getString("https_address"),
        row.getString("http_address"),
        row.getString("version"),
        position,
        row.getLong("held_removals"),
        Columns.optionalInstant(row, "differs_since"),
        Columns.optionalInstant(row, "acked_at"));
  }
}
