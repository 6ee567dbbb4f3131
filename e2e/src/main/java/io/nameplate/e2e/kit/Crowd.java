package io.nameplate.e2e.kit;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Visitors who open pages of some names without a pause, and remember what went wrong: the first
/// on kept connections, the second with a connection each time, the third with whole handshakes
/// alone, and so on in turn.
public final class Crowd implements AutoCloseable {
  /// How a visitor comes back.
  private enum Habit {
    /// On a connection that is kept.
    STAYS,
    /// On a new connection, which may resume a session.
    RETURNS,
    /// With a whole handshake, and for nothing else.
    SHAKES_HANDS
  }

  private static final Habit[] HABITS = Habit.values();

  private final List<String> names;
  private final AtomicBoolean here = new AtomicBoolean(true);
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong handshakes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final Map<String, Long> complaints = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param visitors each is one connection; closed with the crowd
  public Crowd(List<String> names, List<Visitor> visitors) {
    this.names = List.copyOf(names);
    for (int i = 0; i < visitors.size(); i++) {
      var visitor = visitors.get(i);
      var habit = HABITS[i % HABITS.length];
      threads.execute(() -> keepAsking(visitor, habit));
    }
  }

  /// Pages and handshakes asked for so far.
  public long requests() {
    return requests.get();
  }

  /// Whole handshakes that succeeded so far.
  public long handshakes() {
    return handshakes.get();
  }

  /// Pages that did not come with status 200, and handshakes that failed.
  public long failures() {
    return failures.get();
  }

  /// What went wrong, with how often.
  public Map<String, Long> complaints() {
    return Map.copyOf(complaints);
  }

  /// Ends the visits and waits for the pages still asked for; a visitor's own time-outs bound that.
  @Override
  public void close() {
    here.set(false);
    threads.close();
  }

  private void keepAsking(Visitor visitor, Habit habit) {
    try (visitor) {
      while (here.get()) {
        var name = names.get(ThreadLocalRandom.current().nextInt(names.size()));
        askOnce(visitor, name, habit);
        Thread.sleep(5); // leaves the two cores to those who are measured
      }
    } catch (IOException e) {
      complain("close: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void askOnce(Visitor visitor, String name, Habit habit) {
    requests.incrementAndGet();
    try {
      switch (habit) {
        case STAYS -> open(visitor, name);
        case RETURNS -> {
          visitor.forgetConnections();
          open(visitor, name);
        }
        case SHAKES_HANDS -> {
          visitor.handshake(name);
          handshakes.incrementAndGet();
        }
      }
    } catch (IOException e) {
      complain(visitor.edge().id() + ": " + e);
    }
  }

  private void open(Visitor visitor, String name) throws IOException {
    var page = visitor.https(name, "/");
    if (page.status() != 200) {
      complain(visitor.edge().id() + " gave " + page.status());
    }
  }

  private void complain(String what) {
    failures.incrementAndGet();
    complaints.merge(what, 1L, Long::sum);
  }
}
