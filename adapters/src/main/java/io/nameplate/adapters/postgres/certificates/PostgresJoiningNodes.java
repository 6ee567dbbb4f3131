package io.nameplate.adapters.postgres.certificates;

import static io.nameplate.adapters.postgres.certificates.IssuanceRows.execute;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoiningNodes;
import io.nameplate.clusters.NodeId;
import io.nameplate.clusters.Sealed;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Nodes that wait for their certificate, in PostgreSQL.
public final class PostgresJoiningNodes implements JoiningNodes {
  private static final int SOME = 50;

  private final Database database;

  public PostgresJoiningNodes(Database database) {
    this.database = database;
  }

  @Override
  public List<JoiningNode> waiting() {
    return database.inNoTeam(connection -> {
      try (var select =
          connection.prepareStatement(
              "select id, cluster_id, csr, sealing_key from node where state = 'joining' order by created_at limit ?")) {
        select.setInt(1, SOME);
        try (var row = select.executeQuery()) {
          var found = new ArrayList<JoiningNode>();
          while (row.next()) {
            found.add(
                new JoiningNode(
                    new NodeId(Columns.uuid(row, "id")),
                    new ClusterId(Columns.uuid(row, "cluster_id")),
                    row.getString("csr"),
                    HexFormat.of().formatHex(row.getBytes("sealing_key"))));
          }
          return found;
        }
      }
    });
  }

  @Override
  public void admit(NodeId node, String certificate, String sha256, Sealed clusterKey) {
    database.inNoTeam(connection ->
        execute(
            connection,
            """
            update node set state = 'joined', certificate = ?, certificate_sha256 = ?, sealed_cluster_key = ?
              where id = ? and state = 'joining'\
            """,
            certificate,
            HexFormat.of().parseHex(sha256),
            clusterKey.bytes(),
            node.uuid()));
  }

  @Override
  public void refuse(NodeId node) {
    database.inNoTeam(connection ->
        execute(
            connection,
            "update node set state = 'revoked' where id = ? and state = 'joining'",
            node.uuid()));
  }
}
