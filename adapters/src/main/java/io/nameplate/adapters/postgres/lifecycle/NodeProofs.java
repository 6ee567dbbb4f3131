package io.nameplate.adapters.postgres.lifecycle;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.domains.Change.NodeProof;
import io.nameplate.domains.Domain;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;

/// Rows of `domain_node`: what each node last showed for a domain.
final class NodeProofs {
  private NodeProofs() {}

  static void write(Connection connection, Domain domain, List<NodeProof> proofs)
      throws SQLException {
    if (proofs.isEmpty()) {
      return;
    }
    try (var upsert =
        connection.prepareStatement(
            """
            insert into domain_node as n (domain_id, node_id, team_id, revision, certificate_sha256, proved_at)
              values (?, ?, ?, ?, ?, ?)
            on conflict (domain_id, node_id) do update set revision = excluded.revision,
              certificate_sha256 = excluded.certificate_sha256, proved_at = excluded.proved_at
              where n.proved_at <= excluded.proved_at\
            """)) {
      for (var proof : proofs) {
        Columns.bind(
            upsert,
            domain.id().uuid(),
            proof.node().uuid(),
            domain.team().uuid(),
            proof.revision(),
            HexFormat.of().parseHex(proof.certificateSha256()),
            proof.at());
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
  }
}
