package io.nameplate.adapters.postgres.rollouts;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.clusters.NodeId;
import io.nameplate.rollouts.Change;
import io.nameplate.rollouts.EdgePolicy;
import io.nameplate.rollouts.Rollout;
import io.nameplate.rollouts.Terms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Rows of `rollout`.
public final class RolloutRows {
  private RolloutRows() {}

  /// Every column that this class reads, with the first node's name.
  public static final String ROLLOUT =
      "r.number, r.kind, r.max_connections_per_source, r.max_unknown_per_second, r.build,"
          + " r.build_before, r.state, r.first_id, n.name as first_name, r.why, r.watched_seconds,"
          + " r.tries, r.margin_per_mille, r.begun_at, r.ended_at";

  /// The rollout of a row that has [#ROLLOUT].
  public static Rollout rollout(ResultSet row) throws SQLException {
    return new Rollout(
        row.getLong("number"),
        change(row),
        Columns.word(Rollout.State.class, row, "state"),
        new NodeId(Columns.uuid(row, "first_id")),
        row.getString("first_name"),
        row.getString("why"),
        Columns.instant(row, "begun_at"),
        Columns.optionalInstant(row, "ended_at"));
  }

  private static Change change(ResultSet row) throws SQLException {
    return row.getString("kind").equals("build")
        ? new Change.Build(row.getString("build"), row.getString("build_before"))
        : new Change.Policy(limits(row));
  }

  /// The limits of a row that has them.
  public static EdgePolicy limits(ResultSet row) throws SQLException {
    return new EdgePolicy(
        Optional.ofNullable(row.getObject("max_connections_per_source", Integer.class)),
        Optional.ofNullable(row.getObject("max_unknown_per_second", Integer.class)));
  }

  /// A state as the column has it.
  public static String word(Rollout.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /// The terms of a row that has [#ROLLOUT].
  static Terms terms(ResultSet row) throws SQLException {
    return new Terms(
        Duration.ofSeconds(row.getLong("watched_seconds")),
        row.getLong("tries"),
        row.getInt("margin_per_mille"));
  }
}
