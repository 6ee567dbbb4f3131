package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.ClusterRows;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.record.DomainRows;
import io.nameplate.adapters.postgres.record.Entries;
import io.nameplate.adapters.postgres.record.Events;
import io.nameplate.adapters.postgres.record.Outbox;
import io.nameplate.adapters.postgres.record.Statuses;
import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.Addition;
import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainDesk;
import io.nameplate.domains.DomainFilter;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainView;
import io.nameplate.domains.HistoryLine;
import io.nameplate.domains.NewDomain;
import io.nameplate.domains.Origin;
import io.nameplate.domains.Transfer;
import io.nameplate.domains.Wanted;
import io.nameplate.edge.EntryState;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Domains in the record, as their team changes them. Each change locks the domain's row, grows its
/// generation, adds a line of history and an instruction, and writes the nodes' entry last.
public final class PostgresDomainDesk implements DomainDesk {
  /// A look that begins now; one that had been given up goes on for another seven days.
  private static final String CHECK_NOW =
      """
      update domain set check_requested_at = now(), due_at = now(),
          verify_since = case when verify_since < now() - interval '7 days' then now() else verify_since end
        where id = ? and (check_requested_at is null or check_requested_at <= now() - interval '2 seconds')\
      """;

  /// Asked again within two seconds: one more look when they have passed. The next look that is
  /// asked for meanwhile is the same one.
  private static final String CHECK_SOON =
      """
      update domain set check_requested_at = check_requested_at + interval '2 seconds',
          due_at = least(coalesce(due_at, 'infinity'), check_requested_at + interval '2 seconds')
        where id = ? and check_requested_at <= now()\
      """;

  private final Database database;

  public PostgresDomainDesk(Database database) {
    this.database = database;
  }

  @Override
  public Addition add(TeamId team, NewDomain domain) {
    return database.inTeam(
        team,
        connection -> {
          var cluster = cluster(connection, domain.cluster());
          if (cluster.isEmpty()) {
            return new Addition.NoCluster();
          }
          var added = NewDomains.insert(connection, team, domain, cluster.get());
          if (added.isEmpty()) {
            return new Addition.Exists();
          }
          var views = new DomainViews(connection, added.get().createdAt());
          return new Addition.Added(views.ofNew(added.get(), cluster.get()));
        });
  }

  @Override
  public Optional<DomainView> find(TeamId team, DomainId id, Instant now) {
    return database.inTeam(
        team,
        connection -> {
          var domain = DomainRows.find(connection, id).filter(it -> it.removedAt().isEmpty());
          return domain.isEmpty()
              ? Optional.<DomainView>empty()
              : Optional.of(view(connection, domain.get(), now));
        });
  }

  @Override
  public List<DomainView> list(
      TeamId team, DomainFilter filter, Optional<String> after, int limit, Instant now) {
    return database.inTeam(
        team,
        connection ->
            new DomainViews(connection, now)
                .of(DomainLists.select(connection, filter, after, limit)));
  }

  @Override
  public Optional<DomainView> changeOrigin(
      TeamId team, DomainId id, UnaryOperator<Origin> change, Instant now) {
    return change(
        team,
        id,
        now,
        (connection, domain) -> {
          var origin = change.apply(domain.origin());
          if (origin.equals(domain.origin())) {
            return;
          }
          update(
              connection,
              "update domain set origin_url = ?, host_header = ? where id = ?",
              origin.url(),
              origin.hostHeader().word(),
              id.uuid());
          var to = Map.of("url", origin.url(), "host_header", origin.hostHeader().word());
          wanted(
              connection, domain, domain.wanted(), "origin-changed", "The origin was changed.", to);
        });
  }

  @Override
  public Optional<DomainView> suspend(TeamId team, DomainId id, Instant now) {
    return become(team, id, now, Wanted.SUSPENDED, "suspended", "Visitors see a neutral page.");
  }

  @Override
  public Optional<DomainView> resume(TeamId team, DomainId id, Instant now) {
    return become(team, id, now, Wanted.SERVING, "resumed", "Visitors see the origin again.");
  }

  @Override
  public boolean remove(TeamId team, DomainId id) {
    return database.inTeam(
        team,
        connection -> {
          var domain = DomainRows.lock(connection, id).filter(it -> it.removedAt().isEmpty());
          if (domain.isEmpty()) {
            return false;
          }
          removeRow(connection, id);
          Events.write(connection, domain.get(), "removed", "The domain was removed.", Map.of());
          Statuses.recompute(connection, DomainRows.find(connection, id).orElseThrow());
          Outbox.put(connection, team, id, Outbox.Priority.REMOVAL);
          Entries.remove(connection, id);
          return true;
        });
  }

  @Override
  public boolean check(TeamId team, DomainId id) {
    return database.inTeam(
        team,
        connection -> {
          if (DomainRows.lock(connection, id).filter(it -> it.removedAt().isEmpty()).isEmpty()) {
            return false;
          }
          var now = update(connection, CHECK_NOW, id.uuid());
          if (now > 0) {
            Outbox.put(connection, team, id, Outbox.Priority.CHANGE);
          } else {
            update(connection, CHECK_SOON, id.uuid());
          }
          return true;
        });
  }

  private static void removeRow(Connection connection, DomainId id) throws SQLException {
    try (var call = connection.prepareStatement("select remove_domain(?)")) {
      call.setObject(1, id.uuid());
      call.execute();
    }
  }

  @Override
  public Transfer transfer(TeamId team, DomainId id) {
    return database.inTeam(team, connection -> Transfers.asked(connection, id));
  }

  @Override
  public Optional<List<HistoryLine>> history(
      TeamId team, DomainId id, HistoryLine.Place after, int limit) {
    return database.inTeam(
        team,
        connection ->
            DomainRows.find(connection, id).filter(it -> it.removedAt().isEmpty()).isEmpty()
                ? Optional.<List<HistoryLine>>empty()
                : Optional.of(Histories.select(connection, id, after, limit)));
  }

  private Optional<DomainView> become(
      TeamId team, DomainId id, Instant now, Wanted wanted, String event, String message) {
    return change(
        team,
        id,
        now,
        (connection, domain) -> {
          if (domain.wanted() != wanted) {
            wanted(connection, domain, wanted, event, message, Map.of());
          }
        });
  }

  /// Something else is wanted of the domain from now on.
  private static void wanted(
      Connection connection,
      Domain before,
      Wanted wanted,
      String event,
      String message,
      Map<String, String> data)
      throws SQLException {
    update(
        connection,
        """
        update domain set wanted = ?, generation = generation + 1, due_at = now(), updated_at = now(),
          verify_since = case when verify_since < now() - interval '7 days' then now() else verify_since end where id = ?\
        """,
        wanted.word(),
        before.id().uuid());
    Events.write(connection, before, event, message, data);
    var after = DomainRows.find(connection, before.id()).orElseThrow();
    Statuses.recompute(connection, after);
    Outbox.put(connection, before.team(), before.id(), Outbox.Priority.CHANGE);
    var entry = Entries.of(connection, before.id());
    if (entry.isPresent() && entry.get().state() != EntryState.REMOVED) {
      var state = wanted == Wanted.SUSPENDED ? EntryState.SUSPENDED : EntryState.SERVING;
      Entries.write(connection, before.id(), after.generation(), state, entry.get().certificate());
    }
  }

  private Optional<DomainView> change(TeamId team, DomainId id, Instant now, Change change) {
    return database.inTeam(
        team,
        connection -> {
          var domain = DomainRows.lock(connection, id).filter(it -> it.removedAt().isEmpty());
          if (domain.isEmpty()) {
            return Optional.<DomainView>empty();
          }
          change.on(connection, domain.get());
          return Optional.of(view(connection, DomainRows.find(connection, id).orElseThrow(), now));
        });
  }

  private static DomainView view(Connection connection, Domain domain, Instant now)
      throws SQLException {
    return new DomainViews(connection, now).of(List.of(domain)).getFirst();
  }

  /// The cluster asked for, or the team's own, or the oldest shared one.
  private static Optional<Cluster> cluster(Connection connection, Optional<ClusterId> asked)
      throws SQLException {
    var sql =
        "select "
            + ClusterRows.CLUSTER
            + " from cluster c "
            + (asked.isPresent() ? "where c.id = ? " : "")
            + "order by c.shared, c.created_at, c.id limit 1";
    try (var select = connection.prepareStatement(sql)) {
      if (asked.isPresent()) {
        select.setObject(1, asked.get().uuid());
      }
      try (var row = select.executeQuery()) {
        return row.next() ? Optional.of(ClusterRows.cluster(row)) : Optional.empty();
      }
    }
  }

  private static int update(Connection connection, String sql, Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      Columns.bind(statement, values);
      return statement.executeUpdate();
    }
  }

  @FunctionalInterface
  private interface Change {
    void on(Connection connection, Domain domain) throws SQLException;
  }
}
