package io.nameplate.api.edge;

import io.nameplate.clusters.ClusterId;
import io.nameplate.edge.EdgeFeed;
import io.nameplate.edge.Position;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One look at all counters for all parked polls of this process: every 25 ms while somebody is
/// parked, not at all otherwise. A parked poll holds a virtual thread and no connection.
final class PositionWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PositionWatch.class);

  /// A change waits half of it on average; 40 looks a second cost the database about 1 % of a core.
  private static final Duration LOOK_EVERY = Duration.ofMillis(25);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final EdgeFeed feed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition somebodyParked = lock.newCondition();
  private final Map<ClusterId, Position> seen = new HashMap<>();
  private final Thread watcher;
  private int parked;
  private boolean closed;

  PositionWatch(EdgeFeed feed) {
    this.feed = feed;
    watcher = Thread.ofVirtual().name("position-watch").unstarted(this::watch);
  }

  void start() {
    watcher.start();
  }

  /// Waits until a cluster is seen beyond `after`, or in another epoch, or the time is up. False:
  /// it is up.
  boolean awaitBeyond(ClusterId cluster, Position after, Duration patience)
      throws InterruptedException {
    lock.lock();
    try {
      parked++;
      somebodyParked.signal();
      var left = patience.toNanos();
      while (!beyond(cluster, after)) {
        if (left <= 0 || closed) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      parked--;
      lock.unlock();
    }
  }

  private boolean beyond(ClusterId cluster, Position after) {
    var now = seen.get(cluster);
    return now != null && (now.epoch() != after.epoch() || now.revision() > after.revision());
  }

  private void watch() {
    try {
      while (awaitParked()) {
        TimeUnit.NANOSECONDS.sleep(look().toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing: nobody is left to be woken
    }
  }

  /// False: there is nothing to watch any more.
  private boolean awaitParked() throws InterruptedException {
    lock.lock();
    try {
      while (parked == 0 && !closed) {
        somebodyParked.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /// Looks once and wakes everybody if anything moved; answers when to look again.
  private Duration look() {
    Map<ClusterId, Position> now;
    try {
      now = feed.positions();
    } catch (RuntimeException e) { // the edge of this thread: the next look may succeed
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("The counters cannot be read");
      return AFTER_FAILURE;
    }
    lock.lock();
    try {
      if (!now.equals(seen)) {
        seen.clear();
        seen.putAll(now);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    return LOOK_EVERY;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      somebodyParked.signalAll();
    } finally {
      lock.unlock();
    }
    watcher.interrupt();
  }
}
