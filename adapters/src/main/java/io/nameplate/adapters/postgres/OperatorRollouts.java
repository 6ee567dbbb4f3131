package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.rollouts.ClusterRollouts;
import io.nameplate.adapters.postgres.rollouts.RolloutRows;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.NodeId;
import io.nameplate.rollouts.EdgePolicy;
import io.nameplate.rollouts.Rollout;
import io.nameplate.rollouts.Terms;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operator sees of rollouts and does with them, as the role of that name. The database
/// notes each change in `operator_audit`.
public final class OperatorRollouts {
  private final Database database;

  public OperatorRollouts(Database database) {
    this.database = database;
  }

  /// A cluster's rollouts, newest first.
  public List<Rollout> of(ClusterId cluster, int limit) {
    return database.inNoTeam(connection -> {
      var rollouts = new ArrayList<Rollout>();
      try (var select =
          connection.prepareStatement(
              "select "
                  + RolloutRows.ROLLOUT
                  + " from rollout r join node n on n.id = r.first_id where r.cluster_id = ?"
                  + " order by r.number desc limit ?")) {
        Columns.bind(select, cluster.uuid(), limit);
        try (var row = select.executeQuery()) {
          while (row.next()) {
            rollouts.add(RolloutRows.rollout(row));
          }
        }
      }
      return rollouts;
    });
  }

  /// The limits that stand: of the newest policy that all nodes have.
  public EdgePolicy standing(ClusterId cluster) {
    return database.inNoTeam(connection -> {
      try (var select =
          connection.prepareStatement(
              """
              select max_connections_per_source, max_unknown_per_second from rollout
                where cluster_id = ? and kind = 'policy' and state = 'done' order by number desc limit 1\
              """)) {
        select.setObject(1, cluster.uuid());
        try (var row = select.executeQuery()) {
          return row.next() ? RolloutRows.limits(row) : EdgePolicy.NONE;
        }
      }
    });
  }

  /// Begins to roll a policy out; false, and nothing is done, when another rollout of the cluster
  /// is watched.
  public boolean begin(ClusterId cluster, EdgePolicy policy, NodeId first, Terms terms) {
    return update(
        """
        insert into rollout (cluster_id, number, kind, max_connections_per_source, max_unknown_per_second, state, first_id, why,
            watched_seconds, tries, margin_per_mille)
          select ?, coalesce(max(number), 0) + 1, 'policy', ?, ?, 'watching', ?, ?, ?, ?, ? from rollout where cluster_id = ?
          on conflict do nothing\
        """,
        cluster.uuid(),
        policy.maxConnectionsPerSource().orElse(null),
        policy.maxUnknownPerSecond().orElse(null),
        first.uuid(),
        ClusterRollouts.BEGUN,
        terms.watched().toSeconds(),
        terms.tries(),
        terms.marginPerMille(),
        cluster.uuid());
  }

  /// Begins once more what was stopped; false: another one was quicker.
  public boolean again(ClusterId cluster, long number) {
    return update(
        """
        insert into rollout (cluster_id, number, kind, max_connections_per_source, max_unknown_per_second, build, build_before, state,
            first_id, why, watched_seconds, tries, margin_per_mille)
          select cluster_id, number + 1, kind, max_connections_per_source, max_unknown_per_second, build, build_before, 'watching',
              first_id, ?, watched_seconds, tries, margin_per_mille
            from rollout where cluster_id = ? and number = ? and state = 'stopped'
          on conflict do nothing\
        """,
        ClusterRollouts.BEGUN,
        cluster.uuid(),
        number);
  }

  /// Ends a rollout by a word; false: meanwhile it is no longer in the state `from`.
  public boolean end(
      ClusterId cluster, long number, Rollout.State from, Rollout.State to, String why) {
    return update(
        """
        update rollout set state = ?, why = ?, ended_at = now() where cluster_id = ? and number = ? and state = ?\
        """,
        RolloutRows.word(to),
        why,
        cluster.uuid(),
        number,
        RolloutRows.word(from));
  }

  private boolean update(String sql, @Nullable Object... values) {
    return OperatorDesk.asOperator(
        database,
        connection -> {
          try (var statement = connection.prepareStatement(sql)) {
            Columns.bind(statement, values);
            return statement.executeUpdate() == 1;
          }
        });
  }
}
