package io.nameplate.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Places;
import io.nameplate.e2e.kit.Visitor;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.NameplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
      "and whether any request fails or any connection drops meanwhile."
    })
final class ChangeBench implements Callable<Integer> {
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);
  private static final Duration LONGEST_CHANGE = Duration.ofSeconds(10);

  /// Names that come as people bring them, through DNS and the CA, and are changed; the others are
  /// imported.
  private static final int REAL = 100;

  /// After so many changes the origin of a name with open WebSockets is changed too.
  private static final int SOCKET_EVERY = 10;

  private static final List<String> KINDS = List.of("h1", "h2", "h3", "websocket");

  @Mixin private Copy copy = new Copy();

  @Option(
      names = "--names",
      defaultValue = "200000",
      description = "Names that the nodes hold (default: ${DEFAULT-VALUE}).")
  private int names;

  @Option(
      names = "--changes",
      defaultValue = "1000",
      description = "Changes that are measured (default: ${DEFAULT-VALUE}).")
  private int changes;

  @Option(
      names = "--visitors",
      defaultValue = "4",
      description =
          "Visitors of each kind meanwhile: HTTP/1.1, HTTP/2, HTTP/3, WebSocket (default:"
              + " ${DEFAULT-VALUE}).")
  private int visitors;

  @Option(
      names = "--pause",
      defaultValue = "5ms",
      description = "Of a visitor between two requests, on average (default: ${DEFAULT-VALUE}).")
  private String pause;

  @Option(
      names = "--quick",
      description = "1,000 names and 100 changes: too few for a 99th percentile to mean much.")
  private boolean quick;

  private long requests;
  private long failed;
  private long dropped;
  private int errors;

  @Override
  public Integer call() throws InterruptedException {
    if (quick) {
      names = 1_000;
      changes = 100;
    }
    var figures =
        new Figures("change")
            .atMost("change_to_served_p50_ms", 100)
            .atMost("change_to_served_p99_ms", 500)
            .atMost("failed_requests", 0)
            .atMost("dropped_connections", 0)
            .atLeast("names", names)
            .atLeast("samples", changes)
            .atMost("errors", 0);
    return Measurement.run(describe(), copy, figures, this::measure);
  }

  private String describe() {
    return ("change: the time from sending a PATCH of a domain's origin until a node answers with a page of the new origin, %d times, on nodes that hold %d names,"
            + " each with its own certificate. %d of them came through DNS and the CA and are changed; the others are imported. Meanwhile %d visitors each of HTTP/1.1,"
            + " HTTP/2, HTTP/3 and WebSocket keep connections and ask for names at random, every other time for one that changes. An answer that is missing or wrong counts"
            + " as failed, the measuring visitors' too; a connection that ends before its visitor ends it counts as dropped.")
        .formatted(changes, names, Math.min(REAL, names / 2), visitors);
  }

  private void measure(Installation installation, Figures figures)
      throws IOException, InterruptedException {
    var folder = Folder.make();
    try {
      var bench = new EdgeBench();
      var real = hold(installation, Math.min(REAL, names / 2));
      if (real.isEmpty()) {
        throw new IOException("no name is held, so there is none to change");
      }
      var many = ManyNames.of(names - real.size(), folder);
      many.bring(installation, ManyNames.nodes(installation), bench, figures);
      figures.put("names", (double) real.size() + many.pages() + many.sockets());
      var begin = System.nanoTime();
      try (var load = bench.visitors(arguments(installation, many, real))) {
        var measured = new Durations(change(installation, real, many.someSockets(installation)));
        count(load.end(), figures, (System.nanoTime() - begin) / 1e9);
        figures
            .put("change_to_served_p50_ms", measured.seconds(50) * 1000)
            .put("change_to_served_p99_ms", measured.seconds(99) * 1000)
            .put("change_to_served_max_ms", measured.seconds(100) * 1000)
            .put("samples", measured.sorted().size());
      }
    } finally {
      figures.put("errors", errors);
      Folder.delete(folder);
    }
  }

  private List<String> arguments(Installation installation, ManyNames many, List<Domain> real)
      throws IOException {
    var also = many.folder().resolve("changing");
    Files.write(also, real.stream().map(Domain::hostname).toList());
    var arguments = new ArrayList<>(many.arguments());
    arguments.addAll(
        List.of(
            "--nodes",
            installation.places().edges().stream()
                .map(Places.Edge::https)
                .collect(Collectors.joining(",")),
            "--roots",
            installation.places().caRoot() + "," + many.root(),
            "--also",
            also.toString(),
            "--each",
            Integer.toString(visitors),
            "--pause",
            pause));
    return arguments;
  }

  /// Takes over what the visitors saw.
  private void count(JsonNode seen, Figures figures, double seconds) {
    for (var kind : KINDS) {
      var of = seen.path(kind);
      figures.put("requests_" + kind, of.path("requests").asDouble());
      requests += of.path("requests").asLong();
      failed += of.path("failed").asLong();
      dropped += of.path("dropped").asLong();
    }
    figures
        .put("requests_per_s", requests / seconds)
        .put("failed_requests", (double) failed)
        .put("dropped_connections", (double) dropped);
  }

  /// Names that came as people bring them: active, and served by each node.
  private List<Domain> hold(Installation installation, int real)
      throws IOException, InterruptedException {
    var activation = new Activation(installation);
    Progress.say("adding %d names".formatted(real));
    var held =
        activation.activateMany(real, installation.places().origin("plain"), LONGEST_HOLD).active();
    activation.expectServed(held);
    errors += activation.errors();
    return held;
  }

  private List<Duration> change(Installation installation, List<Domain> real, List<Domain> sockets)
      throws IOException, InterruptedException {
    var nameplate = Integrator.of(installation);
    var times = new ArrayList<Duration>();
    try (var first = installation.visitor(0);
        var second = installation.visitor(1)) {
      for (var i = 0; i < changes; i++) {
        var domain = real.get(i % real.size());
        var wanted = (i / real.size()) % 2 == 0 ? "echo" : "plain";
        var begin = System.nanoTime();
        try {
          nameplate.domains().changeOrigin(domain.id(), installation.places().origin(wanted));
          awaitOrigin(i % 2 == 0 ? first : second, domain, wanted, begin);
          times.add(Duration.ofNanos(System.nanoTime() - begin));
          if (i % SOCKET_EVERY == 0 && !sockets.isEmpty()) {
            var socket = sockets.get(i / SOCKET_EVERY % sockets.size());
            nameplate
                .domains()
                .changeOrigin(
                    socket.id(), installation.places().origin("websocket") + "/after-" + i);
          }
        } catch (NameplateException | IllegalStateException e) {
          errors++;
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

  /// Makes a request and counts it, as failed if no answer came or another than 200.
  ///
  /// @return the origin that made the page
  private Optional<String> ask(Visitor visitor, Domain domain) {
    requests++;
    try {
      var page = visitor.https(domain.hostname(), "/");
      if (page.status() == 200) {
        return page.origin();
      }
      failed++;
      Progress.say("a request failed: %s: %d".formatted(domain.hostname(), page.status()));
    } catch (IOException e) {
      failed++;
      Progress.say("a request failed: %s: %s".formatted(domain.hostname(), e));
    }
    return Optional.empty();
  }
}
