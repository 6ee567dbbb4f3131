package io.nameplate.e2e.bench;

import io.nameplate.sdk.Domain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// From "the records exist" to "proven on every node". First one domain at a time: its records are
/// set 1–10 s after the POST and nobody calls `check`. Then many at once, for the rate that is
/// sustained.
@Command(
    name = "activate",
    mixinStandardHelpOptions = true,
    description = {
      "Time from the moment a domain's DNS records exist until it is proven on every node,",
      "one at a time; then the rate that many at once sustain."
    })
final class ActivateBench implements Callable<Integer> {
  @Mixin private Copy copy = new Copy();

  @Option(
      names = "--single",
      defaultValue = "50",
      description = "Domains one at a time (default: ${DEFAULT-VALUE}).")
  private int single;

  @Option(
      names = "--domains",
      defaultValue = "1000",
      description = "Domains at once (default: ${DEFAULT-VALUE}).")
  private int many;

  @Override
  public Integer call() throws Exception {
    var figures = new Figures("activate");
    try (var installation = copy.open()) {
      var activation = new Activation(installation);
      var origin = installation.places().origin("plain");
      var errors = new AtomicInteger();

      Progress.say("warming up with 5 domains");
      for (int i = 0; i < 5; i++) {
        activation.one(origin);
      }
      var times = oneAtATime(activation, origin, errors);
      figures.atMost("dns_to_active_p50_s", times.seconds(50), 2);
      figures.atMost("dns_to_active_p99_s", times.seconds(99), 5);
      figures.put("dns_to_active_max_s", times.seconds(100));

      var added = addMany(activation, origin);
      var begin = Instant.now();
      installation
          .sandbox()
          .setRecords(added.stream().flatMap(domain -> domain.dnsRecords().stream()).toList());
      var active = waitForAll(activation, added, begin, errors);
      var seconds = Duration.between(begin, Instant.now()).toMillis() / 1000.0;
      figures.atLeast("domains_per_s", active / seconds, 10);
      figures.put("domains", active);
      figures.atMost("errors", errors.get(), 0);
    }
    System.out.println(figures.json());
    return figures.met() ? 0 : BenchMain.UNMET;
  }

  private Durations oneAtATime(Activation activation, String origin, AtomicInteger errors)
      throws InterruptedException {
    var times = new ArrayList<Duration>();
    for (int i = 0; i < single; i++) {
      try {
        times.add(activation.one(origin));
        Progress.say(
            "%d of %d: %.3f s".formatted(i + 1, single, times.getLast().toMillis() / 1000.0));
      } catch (IllegalStateException e) {
        errors.incrementAndGet();
        Progress.say(String.valueOf(e.getMessage()));
      }
    }
    return Durations.of(times);
  }

  private List<Domain> addMany(Activation activation, String origin) throws InterruptedException {
    Progress.say("adding %d domains".formatted(many));
    var added = new ConcurrentLinkedQueue<Domain>();
    var atOnce = new Semaphore(8);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < many; i++) {
        atOnce.acquire();
        threads.execute(() -> {
          try {
            added.add(activation.add(origin));
          } finally {
            atOnce.release();
          }
        });
      }
    }
    return List.copyOf(added);
  }

  private int waitForAll(
      Activation activation, List<Domain> added, Instant begin, AtomicInteger errors)
      throws InterruptedException {
    Progress.say("records of %d domains are set; waiting".formatted(added.size()));
    var active = 0;
    for (var domain : added) {
      try {
        activation.waitFor(domain, Instant.now());
        if (++active % 50 == 0) {
          var seconds = Duration.between(begin, Instant.now()).toMillis() / 1000.0;
          Progress.say("%d active after %.1f s".formatted(active, seconds));
        }
      } catch (IllegalStateException e) {
        errors.incrementAndGet();
        Progress.say(String.valueOf(e.getMessage()));
      }
    }
    var last = added.getLast();
    if (!activation.isServed(last)) {
      errors.incrementAndGet();
    }
    return active;
  }
}
