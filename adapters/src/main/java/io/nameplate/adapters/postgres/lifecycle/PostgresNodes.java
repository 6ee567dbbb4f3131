package io.nameplate.adapters.postgres.lifecycle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.NodeId;
import io.nameplate.edge.NodeState;
import io.nameplate.edge.NodeState.Held;
import io.nameplate.edge.NodeState.Refusal;
import io.nameplate.edge.Nodes;
import io.nameplate.edge.Position;
import java.net.InetSocketAddress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/// [Nodes] in PostgreSQL. However many runs wait for a cluster's acks, one of them reads its nodes,
/// every 20 ms.
public final class PostgresNodes implements Nodes {
  /// An ack is written when a node has swapped; half of this is what waiting for it adds.
  private static final Duration GLANCE = Duration.ofMillis(20);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Database database;
  private final Clock clock;
  private final ConcurrentMap<ClusterId, Watch> watches = new ConcurrentHashMap<>();

  public PostgresNodes(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public List<NodeState> expected(ClusterId cluster) {
    return database.inNoTeam(connection -> {
      var nodes = new ArrayList<NodeState>();
      try (var select =
          connection.prepareStatement(
              """
              select id, name, https_address, epoch, revision, coalesce(acked_at, created_at) as heard_at, lagging_since,
                  refused, held_removals, held from node
                where cluster_id = ? and state = 'joined' and expected order by name\
              """)) {
        select.setObject(1, cluster.uuid());
        try (var row = select.executeQuery()) {
          while (row.next()) {
            nodes.add(node(row));
          }
        }
      }
      return nodes;
    });
  }

  @Override
  public List<ClusterId> turned() {
    return database.inNoTeam(connection -> {
      try (var update =
          connection.prepareStatement(
              """
              with turned as (
                select id from node where state = 'joined' and expected
                  and silent <> (coalesce(acked_at, created_at) < now() - make_interval(secs => ?)) for update skip locked)
              update node n set silent = not n.silent from turned where n.id = turned.id returning n.cluster_id\
              """)) {
        update.setDouble(1, NodeState.PATIENCE.toMillis() / 1000.0);
        try (var row = update.executeQuery()) {
          var clusters = new LinkedHashSet<ClusterId>();
          while (row.next()) {
            clusters.add(new ClusterId(Columns.uuid(row, "cluster_id")));
          }
          return List.copyOf(clusters);
        }
      }
    });
  }

  @Override
  public List<NodeState> await(ClusterId cluster, Position position, Duration patience)
      throws InterruptedException {
    var watch = watches.computeIfAbsent(cluster, _ -> new Watch());
    var until = clock.instant().plus(patience);
    var states = expected(cluster);
    while (true) {
      var now = clock.instant();
      if (settled(states, position, now) || !now.isBefore(until)) {
        return states;
      }
      states = watch.next(cluster);
    }
  }

  private static boolean settled(List<NodeState> states, Position position, Instant now) {
    return states.stream().allMatch(node -> node.has(position) || node.silent(now));
  }

  private static NodeState node(ResultSet row) throws SQLException {
    return new NodeState(
        new NodeId(Columns.uuid(row, "id")),
        row.getString("name"),
        address(row.getString("https_address")),
        row.getObject("epoch") == null
            ? Optional.empty()
            : Optional.of(new Position(row.getLong("epoch"), row.getLong("revision"))),
        Columns.instant(row, "heard_at"),
        Columns.optionalInstant(row, "lagging_since"),
        refused(row.getString("refused")),
        new Held(row.getLong("held_removals"), Set.copyOf(Columns.texts(row, "held"))));
  }

  private static InetSocketAddress address(String text) {
    var colon = text.lastIndexOf(':');
    var host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
    return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
  }

  private static List<Refusal> refused(String json) {
    try {
      var refusals = new ArrayList<Refusal>();
      for (var one : JSON.readTree(json)) {
        refusals.add(
            new Refusal(
                one.path("hostname").asText(),
                one.path("revision").asLong(),
                one.path("reason").asText()));
      }
      return refusals;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("node: what it refused cannot be read", e);
    }
  }

  /// Lets one of those who wait for a cluster read for all.
  private final class Watch {
    private final ReentrantLock reading = new ReentrantLock();
    private List<NodeState> latest = List.of();
    private long readAt = System.nanoTime() - GLANCE.toNanos();

    List<NodeState> next(ClusterId cluster) throws InterruptedException {
      Thread.sleep(GLANCE);
      reading.lockInterruptibly();
      try {
        if (System.nanoTime() - readAt >= GLANCE.toNanos()) {
          latest = expected(cluster);
          readAt = System.nanoTime();
        }
        return latest;
      } finally {
        reading.unlock();
      }
    }
  }
}
