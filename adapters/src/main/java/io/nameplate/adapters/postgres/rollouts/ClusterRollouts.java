package io.nameplate.adapters.postgres.rollouts;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.NodeId;
import io.nameplate.edge.EdgeFeed.Follow;
import io.nameplate.rollouts.Judgement;
import io.nameplate.rollouts.Permission;
import io.nameplate.rollouts.Rollout;
import io.nameplate.rollouts.Sight;
import io.nameplate.rollouts.Tally;
import io.nameplate.rollouts.Terms;
import io.nameplate.rollouts.Verdict;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One cluster's rollouts, within a transaction of the edge's role. Acks drive them: who reports
/// has the rollout judged, so nothing runs where nothing is rolled out.
public final class ClusterRollouts {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterRollouts.class);

  /// How a rollout stands that nobody has looked at yet.
  public static final String BEGUN = "It has just begun.";

  private final Connection connection;
  private final ClusterId cluster;

  public ClusterRollouts(Connection connection, ClusterId cluster) {
    this.connection = connection;
    this.cluster = cluster;
  }

  /// Judges the rollout that is watched, if there is one and it is time; true when that ended it.
  public boolean look(NodeId reporting) throws SQLException {
    var seen = begin(reporting);
    if (seen.isEmpty()) {
      return false;
    }
    var watched = seen.get();
    if (watched.sight().takenUp().isEmpty() && watched.firstHasIt()) {
      takenUp(watched.rollout());
      return false;
    }
    var verdict = Judgement.of(watched.terms(), watched.sight());
    var state =
        switch (verdict) {
          case Verdict.Watch _ -> Rollout.State.WATCHING;
          case Verdict.GoOn _ -> Rollout.State.DONE;
          case Verdict.Stop _ -> Rollout.State.STOPPED;
        };
    update(
        """
        update rollout set state = ?, why = ?, ended_at = case when ? = 'watching' then null else now() end
          where cluster_id = ? and number = ?\
        """,
        RolloutRows.word(state),
        verdict.why(),
        RolloutRows.word(state),
        cluster.uuid(),
        watched.rollout().number());
    if (state == Rollout.State.WATCHING) {
      return false;
    }
    (state == Rollout.State.STOPPED ? LOG.atWarn() : LOG.atInfo())
        .addKeyValue("cluster", cluster)
        .addKeyValue("rollout", watched.rollout().number())
        .addKeyValue("state", RolloutRows.word(state))
        .addKeyValue("why", verdict.why())
        .log("A rollout ended");
    return true;
  }

  /// What is watched, and what is seen of it.
  private record Watched(Rollout rollout, Terms terms, Sight sight, boolean firstHasIt) {}

  /// Takes the rollout for this transaction. When others than the first node report, once a second
  /// is enough. A minute without any report is the control plane's silence, not a node's.
  private Optional<Watched> begin(NodeId reporting) throws SQLException {
    var taken =
        update(
            """
            update rollout set looked_at = now(),
                seen_from = case when looked_at < now() - interval '1 minute' then now() else seen_from end
              where cluster_id = ? and state = 'watching' and (first_id = ? or looked_at < now() - interval '1 second')\
            """,
            cluster.uuid(),
            reporting.uuid());
    if (taken == 0) {
      return Optional.empty();
    }
    try (var select =
        connection.prepareStatement(
            "select "
                + RolloutRows.ROLLOUT
                + """
                , now() as now, r.seen_from, r.taken_up_at, n.state as first_state, n.ready, n.acked_at,
                  case r.kind when 'policy' then n.policy = r.number else n.version = r.build end as has_it,
                  coalesce(m.tries, n.tries) as tries_before, coalesce(m.failures, n.failures) as failures_before,
                  n.tries as tries_now, n.failures as failures_now, others.*
                from rollout r join node n on n.id = r.first_id left join rollout_mark m on m.node_id = n.id,
                  lateral (select coalesce(sum(greatest(o.tries - coalesce(b.tries, 0), 0)), 0) as others_tries,
                      coalesce(sum(greatest(o.failures - coalesce(b.failures, 0), 0)), 0) as others_failures
                    from node o left join rollout_mark b on b.node_id = o.id
                    where o.cluster_id = r.cluster_id and o.id <> r.first_id and o.state = 'joined') others
                where r.cluster_id = ? and r.state = 'watching'\
                """)) {
      Columns.bind(select, cluster.uuid());
      try (var row = select.executeQuery()) {
        return row.next() ? Optional.of(watched(row)) : Optional.empty();
      }
    }
  }

  private static Watched watched(ResultSet row) throws SQLException {
    var rollout = RolloutRows.rollout(row);
    var before = new Tally(row.getLong("tries_before"), row.getLong("failures_before"));
    var first =
        new Sight.First(
            rollout.firstName(),
            row.getString("first_state").equals("joined"),
            row.getBoolean("ready"),
            Columns.optionalInstant(row, "acked_at"),
            new Tally(
                Math.max(0, row.getLong("tries_now") - before.tries()),
                Math.max(0, row.getLong("failures_now") - before.failures())));
    var sight =
        new Sight(
            Columns.instant(row, "now"),
            rollout.begun(),
            Columns.instant(row, "seen_from"),
            Columns.optionalInstant(row, "taken_up_at"),
            first,
            new Tally(row.getLong("others_tries"), row.getLong("others_failures")),
            before);
    return new Watched(rollout, RolloutRows.terms(row), sight, row.getBoolean("has_it"));
  }

  /// From now on it is counted what the first node does, and what the others do meanwhile.
  private void takenUp(Rollout rollout) throws SQLException {
    update("delete from rollout_mark where cluster_id = ?", cluster.uuid());
    update(
        """
        insert into rollout_mark (cluster_id, node_id, tries, failures)
          select cluster_id, id, tries, failures from node where cluster_id = ? and state = 'joined'\
        """,
        cluster.uuid());
    update(
        "update rollout set taken_up_at = now(), why = ? where cluster_id = ? and number = ?",
        rollout.firstName() + " has taken it up.",
        cluster.uuid(),
        rollout.number());
  }

  /// What a node has to follow.
  public Follow policyFor(NodeId node) throws SQLException {
    try (var select = connection.prepareStatement("select * from policy_for(?, ?)")) {
      Columns.bind(select, cluster.uuid(), node.uuid());
      try (var row = select.executeQuery()) {
        return row.next()
            ? new Follow(row.getLong("number"), RolloutRows.limits(row))
            : Follow.NOTHING;
      }
    }
  }

  /// Whether a node may go over to a build. The first that asks for a new one begins its rollout.
  public Permission permission(NodeId node, String build) throws SQLException {
    var runs = runs(node);
    while (true) {
      var permission = Permission.of(node, runs, build, rollouts(build));
      switch (permission) {
        case Permission.Begin begin -> {
          if (begun(node, build, runs) == 1) {
            return begin;
          } // another node was quicker: what does it mean for this one?
        }
        case Permission.Go _, Permission.Wait _, Permission.Stop _ -> {
          return permission;
        }
      }
    }
  }

  private int begun(NodeId node, String build, String runs) throws SQLException {
    return update(
        """
        insert into rollout (cluster_id, number, kind, build, build_before, state, first_id, why, watched_seconds, tries, margin_per_mille)
          select ?, coalesce(max(number), 0) + 1, 'build', ?, ?, 'watching', ?, ?, ?, ?, ?
            from rollout where cluster_id = ?
          on conflict do nothing\
        """,
        cluster.uuid(),
        build,
        runs,
        node.uuid(),
        BEGUN,
        Terms.DEFAULT.watched().toSeconds(),
        Terms.DEFAULT.tries(),
        Terms.DEFAULT.marginPerMille(),
        cluster.uuid());
  }

  private String runs(NodeId node) throws SQLException {
    try (var select = connection.prepareStatement("select version from node where id = ?")) {
      Columns.bind(select, node.uuid());
      try (var row = select.executeQuery()) {
        row.next();
        return row.getString("version");
      }
    }
  }

  /// The one that is watched, the newest of a build, and the newest of all builds.
  private List<Rollout> rollouts(String build) throws SQLException {
    var rollouts = new ArrayList<Rollout>();
    try (var select =
        connection.prepareStatement(
            "select "
                + RolloutRows.ROLLOUT
                + """
                 from rollout r join node n on n.id = r.first_id where r.cluster_id = ? and (r.state = 'watching'
                  or r.number = (select max(number) from rollout b where b.cluster_id = r.cluster_id and b.build = ?)
                  or r.number = (select max(number) from rollout b where b.cluster_id = r.cluster_id and b.kind = 'build'))\
                """)) {
      Columns.bind(select, cluster.uuid(), build);
      try (var row = select.executeQuery()) {
        while (row.next()) {
          rollouts.add(RolloutRows.rollout(row));
        }
      }
    }
    return rollouts;
  }

  private int update(String sql, @Nullable Object... values) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      Columns.bind(statement, values);
      return statement.executeUpdate();
    }
  }
}
