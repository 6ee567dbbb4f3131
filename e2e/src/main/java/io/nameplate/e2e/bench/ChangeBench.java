package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Visitor;
import io.nameplate.sdk.Domain;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
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

  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  @Override
  public Integer call() throws Exception {
    var figures = new Figures("change");
    try (var installation = copy.open()) {
      var held = hold(installation);
      var served = new AtomicBoolean(true);
      List<Duration> times;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < visitors; i++) {
          var visitor = installation.visitor(i % installation.places().edges().size());
          threads.execute(() -> keepAsking(visitor, held, served));
        }
        times = measure(installation, held);
        served.set(false);
      }
      var measured = Durations.of(times);
      figures.atMost("change_to_served_p50_ms", measured.seconds(50) * 1000, 100);
      figures.atMost("change_to_served_p99_ms", measured.seconds(99) * 1000, 500);
      figures.put("change_to_served_max_ms", measured.seconds(100) * 1000);
      figures.atMost("failed_requests", (double) failed.get(), 0);
      figures.put("requests", (double) requests.get());
      figures.put("names", held.size());
      figures.atMost("errors", changes - times.size(), 0);
    }
    System.out.println(figures.json());
    return figures.met() ? 0 : BenchMain.UNMET;
  }

  private List<Domain> hold(Installation installation) throws InterruptedException {
    var activation = new Activation(installation);
    var held = new ArrayList<Domain>();
    Progress.say("adding %d names".formatted(names));
    for (int i = 0; i < names; i++) {
      held.add(activation.add(installation.places().origin("plain")));
    }
    installation
        .sandbox()
        .setRecords(held.stream().flatMap(domain -> domain.dnsRecords().stream()).toList());
    for (int i = 0; i < held.size(); i++) {
      activation.waitFor(held.get(i), Instant.now());
      if ((i + 1) % 100 == 0) {
        Progress.say("%d of %d names are active".formatted(i + 1, held.size()));
      }
    }
    return held;
  }

  private List<Duration> measure(Installation installation, List<Domain> held)
      throws IOException, InterruptedException {
    var nameplate = installation.nameplate();
    var origins =
        List.of(installation.places().origin("echo"), installation.places().origin("plain"));
    var times = new ArrayList<Duration>();
    try (var first = installation.visitor(0);
        var second = installation.visitor(1)) {
      for (int i = 0; i < changes; i++) {
        var domain = held.get(i % held.size());
        var wanted = (i / held.size()) % 2 == 0 ? "echo" : "plain";
        var begin = System.nanoTime();
        nameplate.domains().changeOrigin(domain.id(), origins.get(wanted.equals("echo") ? 0 : 1));
        if (isSoonServed(i % 2 == 0 ? first : second, domain, wanted)) {
          times.add(Duration.ofNanos(System.nanoTime() - begin));
        }
        if ((i + 1) % 100 == 0) {
          Progress.say("%d of %d changes".formatted(i + 1, changes));
        }
      }
    }
    return times;
  }

  private static boolean isSoonServed(Visitor visitor, Domain domain, String origin)
      throws InterruptedException {
    var deadline = Instant.now().plusSeconds(10);
    while (Instant.now().isBefore(deadline)) {
      try {
        if (visitor.https(domain.hostname(), "/").origin().equals(java.util.Optional.of(origin))) {
          return true;
        }
      } catch (IOException e) {
        Progress.say("%s: %s".formatted(domain.hostname(), e.getMessage()));
      }
      Thread.sleep(2);
    }
    return false;
  }

  private void keepAsking(Visitor visitor, List<Domain> held, AtomicBoolean served) {
    try (visitor) {
      while (served.get()) {
        var domain = held.get(ThreadLocalRandom.current().nextInt(held.size()));
        requests.incrementAndGet();
        try {
          if (visitor.https(domain.hostname(), "/").status() != 200) {
            failed.incrementAndGet();
          }
        } catch (IOException e) {
          failed.incrementAndGet();
          Progress.say("a request failed: %s: %s".formatted(domain.hostname(), e));
        }
      }
    } catch (IOException e) {
      Progress.say("a visitor could not be closed: %s".formatted(e.getMessage()));
    }
  }
}
