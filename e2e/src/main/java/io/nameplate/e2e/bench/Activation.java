package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Visitor;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainStatus;
import io.nameplate.sdk.Nameplate;
import io.nameplate.sdk.NameplateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Domains turned active through public ports, as people do it: the records of each are set 1–10 s
/// after its own POST, and nobody calls `check`. Counts what went wrong on the way.
final class Activation {
  /// How often a single domain is asked for while it is waited for: fine enough for a goal of
  /// seconds, and next to nothing for the API.
  private static final Duration POLL = Duration.ofMillis(40);

  /// The same for many, one after the other: fine enough for the minutes that they take.
  private static final Duration POLL_OF_MANY = Duration.ofMillis(200);

  /// Two thousand handshakes take a tenth of this.
  private static final Duration LONGEST_ASKING = Duration.ofMinutes(3);

  /// POSTs under way at once: what a product's few servers would send.
  private static final int POSTS_AT_ONCE = 8;

  private final Installation copy;
  private final Nameplate nameplate;
  private final AtomicInteger errors = new AtomicInteger();

  Activation(Installation copy) {
    this.copy = copy;
    this.nameplate = Integrator.of(copy);
  }

  /// Adds that failed, domains that did not become active, and active ones that are not served.
  int errors() {
    return errors.get();
  }

  private void wentWrong(String what) {
    errors.incrementAndGet();
    Progress.say(what);
  }

  private void wentWrong(int many, String what) {
    errors.addAndGet(many);
    Progress.say(many + " " + what);
  }

  private static boolean over(long begin, Duration longest) {
    return System.nanoTime() - begin > longest.toNanos();
  }

  /// A domain whose records are to be set at a moment of [System#nanoTime()].
  record Added(Domain domain, long due) {
    static Added now(Domain domain) {
      return new Added(
          domain,
          System.nanoTime() + ThreadLocalRandom.current().nextLong(1_000, 10_000) * 1_000_000);
    }

    void await() throws InterruptedException {
      var left = due - System.nanoTime();
      if (left > 0) {
        Thread.sleep(Duration.ofNanos(left));
      }
    }
  }

  /// Adds a domain under a registrable name of its own.
  Added add(String origin) {
    return Added.now(nameplate.domains().add("www." + Installation.freshName(), origin));
  }

  /// Sets a domain's records now, and measures until it is active.
  ///
  /// @throws IllegalStateException saying why, if it is not within `longest`
  Duration activate(Domain domain, Duration longest) throws InterruptedException {
    copy.sandbox().setRecordsOf(domain);
    var begin = System.nanoTime();
    awaitActive(domain, begin, longest, POLL);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private void awaitActive(Domain domain, long begin, Duration longest, Duration poll)
      throws InterruptedException {
    while (true) {
      var now = nameplate.domains().get(domain.id());
      if (now.status() == DomainStatus.ACTIVE) {
        return;
      }
      if (over(begin, longest)) {
        throw new IllegalStateException(
            "%s is %s after %s: %s"
                .formatted(domain.hostname(), now.status(), longest, now.failing()));
      }
      Thread.sleep(poll);
    }
  }

  /// What many domains at once came to.
  ///
  /// @param took from the first domain's records to the last domain seen active
  record Many(List<Domain> active, Duration took) {
    double perSecond() {
      return active.isEmpty() ? Double.NaN : active.size() / (took.toNanos() / 1e9);
    }
  }

  /// Adds many domains side by side, sets each one's records 1–10 s later, and waits for all.
  Many activateMany(int many, String origin, Duration longest) throws InterruptedException {
    var pointed = new ConcurrentLinkedQueue<Pointed>();
    var posts = new Semaphore(POSTS_AT_ONCE);
    var begin = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < many; i++) {
        posts.acquire();
        if (over(begin, longest)) {
          posts.release();
          wentWrong(many - i, "domains were not added within " + longest);
          break;
        }
        threads.execute(() -> addAndPoint(origin, posts).ifPresent(pointed::add));
      }
    }
    Progress.say(
        "the records of %d domains are set after %.1f s; waiting"
            .formatted(pointed.size(), (System.nanoTime() - begin) / 1e9));
    var first = pointed.stream().mapToLong(Pointed::since).min().orElseGet(System::nanoTime);
    return awaitAll(pointed.stream().map(Pointed::domain).toList(), first, longest);
  }

  /// A domain whose records exist.
  ///
  /// @param since of [System#nanoTime()]
  private record Pointed(Domain domain, long since) {}

  /// Empty when something went wrong, which is counted.
  private Optional<Pointed> addAndPoint(String origin, Semaphore posts) {
    Added added;
    try {
      added = add(origin);
    } catch (NameplateException e) {
      wentWrong("a domain was not added: " + e.getMessage());
      return Optional.empty();
    } finally {
      posts.release();
    }
    try {
      added.await();
      copy.sandbox().setRecordsOf(added.domain());
      return Optional.of(new Pointed(added.domain(), System.nanoTime()));
    } catch (IllegalStateException | UncheckedIOException e) {
      wentWrong("%s: its records are not set: %s".formatted(added.domain().hostname(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      wentWrong(added.domain().hostname() + ": interrupted");
    }
    return Optional.empty();
  }

  private Many awaitAll(List<Domain> pointed, long begin, Duration longest)
      throws InterruptedException {
    var active = new ArrayList<Domain>();
    var last = begin;
    for (var domain : pointed) {
      try {
        awaitActive(domain, begin, longest, POLL_OF_MANY);
        active.add(domain);
        last = System.nanoTime();
        if (active.size() % 100 == 0) {
          Progress.say("%d active after %.1f s".formatted(active.size(), (last - begin) / 1e9));
        }
      } catch (IllegalStateException | NameplateException e) {
        wentWrong(String.valueOf(e.getMessage()));
      }
    }
    return new Many(List.copyOf(active), Duration.ofNanos(Math.max(last - begin, 0)));
  }

  /// Asks every node for every domain as a visitor would, with the sandbox's CA alone trusted. What
  /// there is no time left for counts as not served.
  void expectServed(List<Domain> domains) throws IOException {
    var begin = System.nanoTime();
    var asked = 0;
    var visitors =
        IntStream.range(0, copy.places().edges().size()).mapToObj(copy::visitor).toList();
    try {
      for (var domain : domains) {
        if (over(begin, LONGEST_ASKING)) {
          wentWrong(
              domains.size() - asked, "domains could not be asked for within " + LONGEST_ASKING);
          break;
        }
        visitors.forEach(visitor -> expectServed(domain, visitor));
        asked++;
      }
    } finally {
      for (var visitor : visitors) {
        visitor.close();
      }
    }
  }

  private void expectServed(Domain domain, Visitor visitor) {
    try {
      var page = visitor.https(domain.hostname(), "/");
      if (page.status() != 200) {
        wentWrong(
            "%s gave %d on %s".formatted(domain.hostname(), page.status(), visitor.edge().id()));
      }
    } catch (IOException e) {
      wentWrong("%s on %s: %s".formatted(domain.hostname(), visitor.edge().id(), e));
    }
  }

  /// Notes a domain that did not become active.
  void failed(RuntimeException why) {
    wentWrong(String.valueOf(why.getMessage()));
  }
}
