package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// Names by the hundred thousand, each with its own key and certificate, as an operator takes them
/// over from another provider.
///
/// @param run tells the names of this run from those of another
/// @param pages names whose origin has pages
/// @param sockets names whose origin echoes over WebSocket
/// @param folder holds the file that is imported, and the root that signed the certificates
record ManyNames(String run, int pages, int sockets, Path folder) {
  /// Nobody's DNS leads to them: nothing would come of looks but load.
  private static final String LOOK_WITHIN = "24h";

  /// As the launcher names the first cluster and the first team.
  private static final String CLUSTER = "local";

  private static final String TEAM = "demo";

  private static final Duration LONGEST_CATCH_UP = Duration.ofMinutes(10);

  /// One in ten echoes, a thousand at most.
  static ManyNames of(int all, Path folder) {
    var sockets = Math.clamp(all / 10, 1, 1_000);
    var run = Long.toString(ThreadLocalRandom.current().nextLong() >>> 34, 36);
    return new ManyNames(run, all - sockets, sockets, folder);
  }

  Path root() {
    return folder.resolve("names-root.pem");
  }

  /// What the edge's bench is told about them.
  List<String> arguments() {
    return List.of(
        "--run", run, "--pages", Integer.toString(pages), "--sockets", Integer.toString(sockets));
  }

  /// A node that takes them in.
  @FunctionalInterface
  interface Holder {
    /// How many names it has.
    int names() throws IOException, InterruptedException;
  }

  /// A copy's own nodes.
  static List<Holder> nodes(Installation copy) {
    return IntStream.range(0, copy.places().edges().size())
        .mapToObj(edge -> (Holder) () -> copy.readiness(edge).path("names").asInt())
        .toList();
  }

  /// Makes them, imports them, and waits until every node has them.
  void bring(Installation copy, List<Holder> nodes, EdgeBench bench, Figures figures)
      throws IOException, InterruptedException {
    var lines = folder.resolve("names.jsonl");
    Progress.say("making %d keys and certificates".formatted(pages + sockets));
    var making = new ArrayList<>(List.of("names"));
    making.addAll(arguments());
    making.addAll(
        List.of(
            "--page-origin",
            copy.places().origin("plain"),
            "--socket-origin",
            copy.places().origin("websocket"),
            "--lines",
            lines.toString(),
            "--root",
            root().toString()));
    bench.run(making);
    Progress.say("importing them");
    var begin = System.nanoTime();
    var before = names(nodes);
    copy.launcher()
        .run(
            "domains",
            "import",
            lines.toString(),
            "--cluster",
            CLUSTER,
            "--team",
            TEAM,
            "--look-within",
            LOOK_WITHIN);
    var imported = (System.nanoTime() - begin) / 1e9;
    Files.delete(lines);
    figures.put("changes_per_s", (pages + sockets) / imported);
    Progress.say("imported in %.1f s; waiting for the nodes".formatted(imported));
    awaitNodes(nodes, before + pages + sockets, begin);
    figures.put("nodes_behind_changes_s", (System.nanoTime() - begin) / 1e9 - imported);
  }

  private static void awaitNodes(List<Holder> nodes, int wanted, long begin)
      throws IOException, InterruptedException {
    while (names(nodes) < wanted) {
      if (System.nanoTime() - begin > LONGEST_CATCH_UP.toNanos()) {
        throw new IOException(
            "the nodes have %d names after %s (expected: %d)"
                .formatted(names(nodes), LONGEST_CATCH_UP, wanted));
      }
      Thread.sleep(50);
    }
  }

  /// What the node with the fewest names has.
  static int names(List<Holder> nodes) throws IOException, InterruptedException {
    var least = Integer.MAX_VALUE;
    for (var node : nodes) {
      least = Math.min(least, node.names());
    }
    return least;
  }

  /// Some of those that echo.
  List<Domain> someSockets(Installation copy) {
    return Integrator.of(copy)
        .domains()
        .list(DomainFilter.all().withPrefix("ws.customer-"))
        .stream()
        .filter(domain -> domain.hostname().endsWith("-" + run + ".com"))
        .limit(20)
        .toList();
  }
}
