package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Visitor;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.NameplateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// From a change of origin to a node that serves it, while visitors keep the nodes busy. The clock
/// starts when the PATCH is sent, which is before its commit, so the figure is a little more than
/// "committed to served".
@Command(
    name = "change",
    mixinStandardHelpOptions = true,
    description = {
      "Time from a change of origin until a node serves it, with other names under load;",
      "and whether any request fails meanwhile."
    })
final class ChangeBench implements Callable<Integer> {
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);
  private static final Duration LONGEST_CHANGE = Duration.ofSeconds(10);

  @Mixin private Copy copy = new Copy();

  @Option(
      names = "--names",
      defaultValue = "1000",
      description = "Names that the nodes hold (default: ${DEFAULT-VALUE}).")
  private int names;

  @Option(
      names = "--changes",
      defaultValue = "500",
      description = "Changes that are measured (default: ${DEFAULT-VALUE}).")
  private int changes;

  @Option(
      names = "--visitors",
      defaultValue = "4",
      description = "Connections that make requests meanwhile (default: ${DEFAULT-VALUE}).")
  private int visitors;

  @Option(
      names = "--quick",
      description = "100 names and 100 changes: too few for a 99th percentile to mean much.")
  private boolean quick;

  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicInteger errors = new AtomicInteger();

  @Override
  public Integer call() throws InterruptedException {
    if (quick) {
      names = 100;
      changes = 100;
    }
    var figures =
        new Figures("change")
            .atMost("change_to_served_p50_ms", 100)
            .atMost("change_to_served_p99_ms", 500)
            .atMost("failed_requests", 0)
            .atLeast("names", names)
            .atMost("errors", 0);
    return Measurement.run(describe(), copy, figures, this::measure);
  }

  private String describe() {
    return ("change: the time from sending a PATCH of a domain's origin until a node answers with a page of the new origin,"
            + " %d times, on nodes that hold %d names, while %d connections ask for names at random without a pause."
            + " Every answer that is missing or is not 200 counts as failed, the measuring visitors' too.")
        .formatted(changes, names, visitors);
  }

  private void measure(Installation installation, Figures figures)
      throws IOException, InterruptedException {
    try {
      var held = hold(installation);
      figures.put("names", held.size()).put("domains", held.size());
      if (held.isEmpty()) {
        throw new IOException("no name is held, so there is none to change");
      }
      var measured = new Durations(underLoad(installation, held));
      figures
          .put("change_to_served_p50_ms", measured.seconds(50) * 1000)
          .put("change_to_served_p99_ms", measured.seconds(99) * 1000)
          .put("change_to_served_max_ms", measured.seconds(100) * 1000)
          .put("samples", measured.sorted().size());
    } finally {
      figures
          .put("requests", (double) requests.get())
          .put("failed_requests", (double) failed.get())
          .put("errors", errors.get());
    }
  }

  /// The names that the nodes hold: active, and served by each of them.
  private List<Domain> hold(Installation installation) throws IOException, InterruptedException {
    var activation = new Activation(installation);
    Progress.say("adding %d names".formatted(names));
    var held =
        activation
            .activateMany(names, installation.places().origin("plain"), LONGEST_HOLD)
            .active();
    activation.expectServed(held);
    errors.addAndGet(activation.errors());
    return held;
  }

  private List<Duration> underLoad(Installation installation, List<Domain> held)
      throws IOException, InterruptedException {
    var going = new AtomicBoolean(true);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < visitors; i++) {
        var visitor = installation.visitor(i % installation.places().edges().size());
        threads.execute(() -> keepAsking(visitor, held, going));
      }
      try {
        return change(installation, held);
      } finally {
        // However it ended: the executor's close waits for the visitors.
        going.set(false);
      }
    }
  }

  private List<Duration> change(Installation installation, List<Domain> held)
      throws IOException, InterruptedException {
    var nameplate = Integrator.of(installation);
    var times = new ArrayList<Duration>();
    try (var first = installation.visitor(0);
        var second = installation.visitor(1)) {
      for (var i = 0; i < changes; i++) {
        var domain = held.get(i % held.size());
        var wanted = (i / held.size()) % 2 == 0 ? "echo" : "plain";
        var begin = System.nanoTime();
        try {
          nameplate.domains().changeOrigin(domain.id(), installation.places().origin(wanted));
          awaitOrigin(i % 2 == 0 ? first : second, domain, wanted, begin);
          times.add(Duration.ofNanos(System.nanoTime() - begin));
        } catch (NameplateException | IllegalStateException e) {
          errors.incrementAndGet();
          Progress.say("%s: %s".formatted(domain.hostname(), e.getMessage()));
        }
        if ((i + 1) % 100 == 0) {
          Progress.say("%d of %d changes".formatted(i + 1, changes));
        }
      }
    }
    return times;
  }

  private void awaitOrigin(Visitor visitor, Domain domain, String origin, long begin)
      throws InterruptedException {
    while (!origin.equals(ask(visitor, domain).orElse(""))) {
      if (System.nanoTime() - begin > LONGEST_CHANGE.toNanos()) {
        throw new IllegalStateException(
            "%s is not served by %s after %s"
                .formatted(origin, visitor.edge().id(), LONGEST_CHANGE));
      }
      Thread.sleep(2);
    }
  }

  private void keepAsking(Visitor visitor, List<Domain> held, AtomicBoolean going) {
    try (visitor) {
      while (going.get()) {
        ask(visitor, held.get(ThreadLocalRandom.current().nextInt(held.size())));
      }
    } catch (IOException e) {
      Progress.say("a visitor could not be closed: %s".formatted(e.getMessage()));
    }
  }

  /// Makes a request and counts it, as failed if no answer came or another than 200.
  ///
  /// @return the origin that made the page
  private Optional<String> ask(Visitor visitor, Domain domain) {
    requests.incrementAndGet();
    try {
      var page = visitor.https(domain.hostname(), "/");
      if (page.status() == 200) {
        return page.origin();
      }
      failed.incrementAndGet();
      Progress.say("a request failed: %s: %d".formatted(domain.hostname(), page.status()));
    } catch (IOException e) {
      failed.incrementAndGet();
      Progress.say("a request failed: %s: %s".formatted(domain.hostname(), e));
    }
    return Optional.empty();
  }
}
