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

/// Visitors who open pages of some names without a pause, half of them on kept connections and half
/// with a handshake each time, and remember what went wrong.
public final class Crowd implements AutoCloseable {
  private final List<String> names;
  private final AtomicBoolean here = new AtomicBoolean(true);
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final Map<String, Long> complaints = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param visitors each is one connection; closed with the crowd
  public Crowd(List<String> names, List<Visitor> visitors) {
    this.names = List.copyOf(names);
    for (int i = 0; i < visitors.size(); i++) {
      var visitor = visitors.get(i);
      var handshakes = i % 2 == 1;
      threads.execute(() -> keepAsking(visitor, handshakes));
    }
  }

  /// Pages asked for so far.
  public long requests() {
    return requests.get();
  }

  /// Pages that did not come with status 200.
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

  private void keepAsking(Visitor visitor, boolean handshakes) {
    try (visitor) {
      while (here.get()) {
        var name = names.get(ThreadLocalRandom.current().nextInt(names.size()));
        if (handshakes) {
          visitor.forgetConnections();
        }
        askOnce(visitor, name);
        Thread.sleep(5); // leaves the two cores to those who are measured
      }
    } catch (IOException e) {
      complain("close: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void askOnce(Visitor visitor, String name) {
    requests.incrementAndGet();
    try {
      var page = visitor.https(name, "/");
      if (page.status() != 200) {
        complain(visitor.edge().id() + " gave " + page.status());
      }
    } catch (IOException e) {
      complain(visitor.edge().id() + ": " + e);
    }
  }

  private void complain(String what) {
    failures.incrementAndGet();
    complaints.merge(what, 1L, Long::sum);
  }
}
