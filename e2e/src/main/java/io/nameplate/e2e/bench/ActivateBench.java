package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.NameplateException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// From "the records exist" to "proven on every node". First one domain after the other, then many
/// at once, for the rate that is sustained.
@Command(
    name = "activate",
    mixinStandardHelpOptions = true,
    description = {
      "Time from the moment a domain's DNS records exist until it is proven on every node,",
      "one at a time; then the rate that many at once sustain."
    })
final class ActivateBench implements Callable<Integer> {
  private static final Duration LONGEST_SINGLE = Duration.ofMinutes(2);

  /// The goal asks for 1,000 in 100 s; six times as long and it is no question of speed any more.
  private static final Duration LONGEST_MANY = Duration.ofMinutes(10);

  /// Domains added and not yet pointed here while another one turns active. They wait for their
  /// owners, who take 1–10 s; without them most of the bench would be such waiting.
  private static final int AHEAD = 6;

  @Mixin private Copy copy = new Copy();

  @Option(
      names = "--single",
      defaultValue = "100",
      description = "Domains one at a time (default: ${DEFAULT-VALUE}; 0: only many at once).")
  private int single;

  @Option(
      names = "--domains",
      defaultValue = "1000",
      description = "Domains at once (default: ${DEFAULT-VALUE}; 0: only one at a time).")
  private int many;

  @Option(
      names = "--quick",
      description = "20 domains one at a time and 100 at once: too few for a 99th percentile.")
  private boolean quick;

  @Override
  public Integer call() throws InterruptedException {
    if (quick) {
      single = 20;
      many = 100;
    }
    var figures = new Figures("activate");
    if (single > 0) {
      figures.atMost("dns_to_active_p50_s", 2).atMost("dns_to_active_p99_s", 5);
    }
    if (many > 0) {
      figures.atLeast("domains_per_s", 10).atLeast("domains", many);
    }
    figures.atMost("errors", 0);
    return Measurement.run(describe(), copy, figures, this::measure);
  }

  private String describe() {
    return ("activate: the time from setting a domain's DNS records until the API calls it active, which is after it was proven on every node."
            + " First %d domains, one at a time, each pointed here 1-10 s after its own POST; then %d, added side by side, each pointed here 1-10 s after its own POST,"
            + " for the rate from the first one's records to the last one active. In the end every node is asked for every domain over HTTPS.%s")
        .formatted(
            single,
            many,
            single > 0 && single < 100
                ? " Fewer than 100 samples: the 99th percentile is the slowest one."
                : "");
  }

  private void measure(Installation installation, Figures figures)
      throws IOException, InterruptedException {
    var activation = new Activation(installation);
    var origin = installation.places().origin("plain");
    try {
      Progress.say("warming up with 5 domains");
      var active = new ArrayList<Domain>();
      for (var i = 0; i < 5; i++) {
        var domain = activation.add(origin).domain();
        activation.activate(domain, LONGEST_SINGLE);
        active.add(domain);
      }
      if (single > 0) {
        var times = oneAtATime(activation, origin, active);
        figures
            .put("dns_to_active_p50_s", times.seconds(50))
            .put("dns_to_active_p99_s", times.seconds(99))
            .put("dns_to_active_max_s", times.seconds(100))
            .put("samples", times.sorted().size());
      }
      if (many > 0) {
        active.addAll(manyAtOnce(activation, origin, installation, figures));
      }
      figures.put("names", active.size());
      Progress.say("asking every node for each of %d domains".formatted(active.size()));
      activation.expectServed(active);
    } finally {
      figures.put("errors", activation.errors());
    }
  }

  /// Says which process took how much of the machine meanwhile: this is what the rate hangs on.
  private List<Domain> manyAtOnce(
      Activation activation, String origin, Installation installation, Figures figures)
      throws InterruptedException {
    Progress.say("adding %d domains".formatted(many));
    var begin = System.nanoTime();
    var before = CpuTimes.withBench(Copy.Open.status(installation));
    var result = activation.activateMany(many, origin, LONGEST_MANY);
    figures.put("domains_per_s", result.perSecond()).put("domains", result.active().size());
    CpuTimes.withBench(Copy.Open.status(installation))
        .since(before, (System.nanoTime() - begin) / 1e9)
        .forEach(Progress::say);
    return result.active();
  }

  private Durations oneAtATime(Activation activation, String origin, List<Domain> active)
      throws InterruptedException {
    var times = new ArrayList<Duration>();
    var ahead =
        new PriorityQueue<Activation.Added>(Comparator.comparingLong(Activation.Added::due));
    for (var i = 0; i < single; i++) {
      try {
        while (ahead.size() < Math.min(AHEAD, single - i)) {
          ahead.add(activation.add(origin));
        }
        var next = ahead.remove();
        next.await();
        times.add(activation.activate(next.domain(), LONGEST_SINGLE));
        active.add(next.domain());
        Progress.say("%d of %d: %.3f s".formatted(i + 1, single, times.getLast().toNanos() / 1e9));
      } catch (IllegalStateException | NameplateException e) {
        activation.failed(e);
      }
    }
    return new Durations(times);
  }
}
