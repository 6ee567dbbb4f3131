package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.ClusterRows;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.Node;
import io.nameplate.clusters.NodeId;
import io.nameplate.edge.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the operator sees of nodes and does with them, as the role of that name. The database notes
/// each word in `operator_audit`, also one that it did not follow.
public final class OperatorNodes {
  private static final String NODES =
      "select "
          + ClusterRows.NODE
          + """
          , n.expected, n.policy, c.name as cluster_name, p.epoch as wanted_epoch, p.revision as wanted_revision
          from node n join cluster c on c.id = n.cluster_id join cluster_position p on p.cluster_id = c.id
          where
          """;

  private final Database database;

  public OperatorNodes(Database database) {
    this.database = database;
  }

  /// All nodes that a cluster has or had, by name; revoked ones last.
  public List<KnownNode> of(ClusterId cluster) {
    return select(
        "n.cluster_id = ? order by n.state = 'revoked', n.name, n.created_at", cluster.uuid());
  }

  /// The nodes of that name which are not revoked, one in a cluster at most.
  public List<KnownNode> named(String name) {
    return select("n.name = ? and n.state <> 'revoked' order by c.name", name);
  }

  /// The node with this id.
  public Optional<KnownNode> find(NodeId node) {
    return select("n.id = ?", node.uuid()).stream().findFirst();
  }

  /// Says a word about a node; empty: there is none. Whether it is still to be followed is decided
  /// in the database, where two operators cannot each drain what the other takes for the rest.
  public Optional<Settled> settle(NodeId node, Word word) {
    return OperatorDesk.asOperator(
        database,
        connection -> {
          try (var call = connection.prepareStatement("select * from settle_node(?, ?)")) {
            Columns.bind(call, node.uuid(), word.name().toLowerCase(Locale.ROOT));
            try (var row = call.executeQuery()) {
              return row.next()
                  ? Optional.of(
                      new Settled(
                          Columns.word(Outcome.class, row, "outcome"),
                          row.getLong("others"),
                          row.getLong("domains")))
                  : Optional.<Settled>empty();
            }
          }
        });
  }

  /// Confirms for ten minutes that a node may carry out as many removals as were seen. Answers how
  /// many it reported last; empty: there is no such node, or it is not joined.
  public Optional<Long> confirmRemovals(NodeId node, long seen) {
    return OperatorDesk.asOperator(
        database,
        connection -> {
          try (var call =
              connection.prepareStatement("select confirm_removals(?, ?, ?) as reported")) {
            Columns.bind(call, node.uuid(), seen, OperatorDesk.operator());
            try (var row = call.executeQuery()) {
              row.next();
              return Optional.ofNullable(row.getObject("reported", Long.class));
            }
          }
        });
  }

  private List<KnownNode> select(String condition, Object parameter) {
    return database.inNoTeam(connection -> {
      var nodes = new ArrayList<KnownNode>();
      try (var select = connection.prepareStatement(NODES + condition)) {
        select.setObject(1, parameter);
        try (var row = select.executeQuery()) {
          while (row.next()) {
            nodes.add(known(row));
          }
        }
      }
      return nodes;
    });
  }

  private static KnownNode known(ResultSet row) throws SQLException {
    return new KnownNode(
        ClusterRows.node(row),
        row.getString("cluster_name"),
        row.getString("state").equals("revoked"),
        row.getBoolean("expected"),
        new Position(row.getLong("wanted_epoch"), row.getLong("wanted_revision")),
        row.getLong("policy"));
  }

  /// A node as its operator sees it.
  ///
  /// @param expected whether it receives traffic, so that domains wait for it
  /// @param wanted where its cluster is
  /// @param policy the revision of the policy that it follows; 0: none
  public record KnownNode(
      Node node, String cluster, boolean revoked, boolean expected, Position wanted, long policy) {
    /// How it stands at `now`.
    public State state(Instant now) {
      if (revoked) {
        return State.REVOKED;
      }
      return switch (node.at(now, wanted)) {
        case JOINING -> State.JOINING;
        case CURRENT -> expected ? State.JOINED : State.DRAINING;
        case BEHIND -> expected ? State.BEHIND : State.DRAINING;
        case SILENT -> expected ? State.SILENT : State.DRAINING;
      };
    }
  }

  /// How a node stands.
  public enum State {
    /// It waits for its certificate.
    JOINING,
    /// It has everything.
    JOINED,
    /// It lacks changes.
    BEHIND,
    /// It has not been heard of for a while.
    SILENT,
    /// No domain waits for it, whether it is heard of or not.
    DRAINING,
    /// Its access has ended.
    REVOKED
  }

  /// What an operator says about a node.
  public enum Word {
    /// Its access ends, for ever.
    REVOKE,
    /// It receives no traffic from now on.
    DRAIN,
    /// It receives traffic again.
    UNDRAIN
  }

  /// What came of a word.
  public enum Outcome {
    /// It is so now.
    DONE,
    /// It was so before.
    UNCHANGED,
    /// No other node of its cluster receives traffic, so this one is not drained.
    LAST,
    /// It was revoked before, and stays so.
    REVOKED,
    /// It has not joined yet.
    JOINING
  }

  /// What came of a word, and what that means for domains.
  ///
  /// @param others how many other nodes of its cluster receive traffic
  /// @param domains how many domains its cluster serves
  public record Settled(Outcome outcome, long others, long domains) {}
}
