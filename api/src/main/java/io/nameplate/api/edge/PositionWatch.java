package io.nameplate.api.edge;

import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.NodeId;
import io.nameplate.edge.EdgeFeed;
import io.nameplate.edge.EdgeFeed.KnownNode;
import io.nameplate.edge.Position;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One look at the counters of all clusters whose nodes are parked in this process: every 5 ms
/// while somebody is, not at all otherwise. What moved wakes its own cluster's polls. A parked poll
/// holds a virtual thread and no connection.
final class PositionWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PositionWatch.class);

  /// The rest between two looks; a change waits half of it on average. It does not grow with the
  /// time that looks take: on a busy machine that would add to what already makes answers late.
  private static final Duration LOOK_EVERY = Duration.ofMillis(5);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  /// A revoked node that is parked is let go after so long.
  private static final Duration REVOKED_EVERY = Duration.ofSeconds(5);

  /// What ended a wait.
  enum Outcome {
    /// The cluster is beyond the position, or elsewhere: reading tells.
    MOVED,
    /// The time is up.
    NOTHING,
    /// The node's access has ended.
    REVOKED,
    /// The time is up, and whether the cluster moved cannot be told: the record does not answer.
    BLIND
  }

  /// How a wait ended.
  ///
  /// @param seen where the cluster was seen last; where the node is, if it was not seen
  record Woken(Outcome outcome, Position seen) {}

  /// The polls of one cluster.
  private static final class Parked {
    private final Condition changed;
    private int polls;
    private @Nullable Position seen;
    private long seenIn; // the number of the look that saw it

    Parked(Condition changed) {
      this.changed = changed;
    }
  }

  private final EdgeFeed feed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition somebodyParked = lock.newCondition();
  private final Map<ClusterId, Parked> clusters = new HashMap<>();
  private final Map<NodeId, Integer> nodes = new HashMap<>();
  private final Set<NodeId> revoked = new HashSet<>();
  private final Thread watcher;
  private final Thread bouncer;
  private long looks;
  private boolean blind;
  private boolean closed;

  PositionWatch(EdgeFeed feed) {
    this.feed = feed;
    // Every answer waits for this thread, so it waits for no other: a virtual one stands in a queue
    // with all requests after its rest, and again after each answer of the record.
    watcher =
        Thread.ofPlatform().daemon().name("position-watch").unstarted(() -> repeat(this::look));
    bouncer = Thread.ofVirtual().name("revocation-watch").unstarted(() -> repeat(this::bounce));
  }

  void start() {
    watcher.start();
    bouncer.start();
  }

  /// Waits until the node's cluster is seen elsewhere than at `after`, or the time is up.
  Woken await(KnownNode node, Position after, Duration patience) throws InterruptedException {
    lock.lock();
    try {
      var parked = clusters.computeIfAbsent(node.cluster(), _ -> new Parked(lock.newCondition()));
      parked.polls++;
      nodes.merge(node.id(), 1, Integer::sum);
      somebodyParked.signalAll();
      try {
        var outcome = await(parked, node.id(), after, patience);
        return new Woken(outcome, parked.seen == null ? after : parked.seen);
      } finally {
        nodes.computeIfPresent(node.id(), (_, polls) -> polls == 1 ? null : polls - 1);
        if (--parked.polls == 0) {
          clusters.remove(node.cluster());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Outcome await(Parked parked, NodeId node, Position after, Duration patience)
      throws InterruptedException {
    var begun = looks; // looks that began before tell too little when they saw less
    var left = patience.toNanos();
    while (true) {
      if (revoked.contains(node)) {
        return Outcome.REVOKED;
      }
      if (moved(parked, after, begun)) {
        return Outcome.MOVED;
      }
      if (left <= 0 || closed) {
        return blind ? Outcome.BLIND : Outcome.NOTHING;
      }
      left = parked.changed.awaitNanos(left);
    }
  }

  /// A node that heard of a commit from another process may be ahead of what was seen here.
  private static boolean moved(Parked parked, Position after, long begun) {
    var now = parked.seen;
    return now != null
        && (now.epoch() != after.epoch()
            || now.revision() > after.revision()
            || (now.revision() < after.revision() && parked.seenIn > begun));
  }

  private void repeat(Step step) {
    try {
      while (awaitParked()) {
        TimeUnit.NANOSECONDS.sleep(step.rest().toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing: nobody is left to be woken
    }
  }

  /// Does something once and says how long to rest.
  private interface Step {
    Duration rest();
  }

  /// False: there is nothing to watch any more.
  private boolean awaitParked() throws InterruptedException {
    lock.lock();
    try {
      while (clusters.isEmpty() && !closed) {
        somebodyParked.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /// Looks once and wakes the polls of the clusters that moved.
  private Duration look() {
    var asked =
        this.<ClusterId>copied(() -> {
          looks++;
          return clusters.keySet();
        });
    Map<ClusterId, Position> now;
    try {
      now = feed.positions(asked);
    } catch (RuntimeException e) { // the edge of this thread: the next look may succeed
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("The counters cannot be read");
      locked(() -> blind = true);
      return AFTER_FAILURE;
    }
    locked(() -> {
      blind = false;
      now.forEach(this::saw);
    });
    return LOOK_EVERY;
  }

  private void saw(ClusterId cluster, Position at) {
    var parked = clusters.get(cluster);
    if (parked == null) {
      return;
    }
    var moved = !at.equals(parked.seen);
    parked.seen = at;
    parked.seenIn = looks;
    if (moved) {
      parked.changed.signalAll();
    }
  }

  /// Lets the polls of revoked nodes go.
  private Duration bounce() {
    var asked = copied(nodes::keySet);
    Set<NodeId> found;
    try {
      found = feed.revokedAmong(asked);
    } catch (RuntimeException e) { // the edge of this thread: the next look may succeed
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("Revoked nodes cannot be looked up");
      return REVOKED_EVERY;
    }
    locked(() -> {
      revoked.clear();
      revoked.addAll(found);
      if (!found.isEmpty()) {
        clusters.values().forEach(parked -> parked.changed.signalAll());
      }
    });
    return REVOKED_EVERY;
  }

  private <T> Set<T> copied(java.util.function.Supplier<Set<T>> of) {
    lock.lock();
    try {
      return Set.copyOf(of.get());
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    locked(() -> {
      closed = true;
      clusters.values().forEach(parked -> parked.changed.signalAll());
      somebodyParked.signalAll();
    });
    watcher.interrupt();
    bouncer.interrupt();
  }
}
