package io.nameplate.e2e.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.Domain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How soon the nodes' parked polls hear of a commit, what holding idle ones costs, and how fast
/// changes reach nodes when there are many.
@Command(
    name = "feed",
    mixinStandardHelpOptions = true,
    description = {
      "Time from a commit to the answers of parked polls, beside many that are idle;",
      "what holding those costs; and how far nodes fall behind a stream of changes."
    })
final class FeedBench implements Callable<Integer> {
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(2);
  private static final Duration LONGEST_READING = Duration.ofMinutes(5);
  private static final Pattern API = Pattern.compile("(?m)^api\\s+running\\s+pid (\\d+)");

  @Mixin private Copy copy = new Copy();

  @Option(
      names = "--idle",
      defaultValue = "1000",
      description = "Polls of another cluster, which nobody changes (default: ${DEFAULT-VALUE}).")
  private int idle;

  @Option(
      names = "--together",
      defaultValue = "1000",
      description = "Polls that one commit wakes all at once (default: ${DEFAULT-VALUE}).")
  private int together;

  @Option(
      names = "--names",
      defaultValue = "20000",
      description = "Changes of the stream: names that are imported (default: ${DEFAULT-VALUE}).")
  private int names;

  @Option(
      names = "--changes",
      defaultValue = "300",
      description = "Changes for which answers are timed (default: ${DEFAULT-VALUE}).")
  private int changes;

  @Option(
      names = "--quick",
      description = "50 polls, 1,000 names and 20 changes: a trial of the bench itself.")
  private boolean quick;

  @Override
  public Integer call() throws InterruptedException {
    if (quick) {
      idle = 50;
      together = 50;
      names = 1_000;
      changes = 20;
    }
    var figures =
        new Figures("feed")
            .atMost("poll_after_commit_p99_ms", 30)
            .atMost("poll_after_commit_p99_ms_beside_idle", 30)
            .atLeast("changes_per_s", 1_000)
            // 200,000 in ten seconds.
            .atLeast("full_sync_names_per_s", 20_000)
            .atMost("errors", 0);
    return Measurement.run(describe(), copy, figures, this::measure);
  }

  private String describe() {
    return ("feed: a domain's origin is changed %d times while three polls of its cluster are parked, alone and beside %d idle ones of another cluster; the time runs from the"
            + " API's answer, which follows the commit, to the first byte of a poll's answer. Then %d polls are woken by one commit. Parked polls are connections of their own that"
            + " share one node's certificate. Last, %d names are imported, 500 a commit, while three nodes follow; and a node that has nothing reads all. Client and server share the machine.")
        .formatted(changes, idle, together, names);
  }

  private void measure(Installation installation, Figures figures)
      throws IOException, InterruptedException {
    var folder = Folder.make();
    try {
      var bench = new EdgeBench();
      var errors = polls(installation, bench, folder, figures);
      stream(installation, bench, folder, figures);
      figures.put("errors", errors);
    } finally {
      Folder.delete(folder);
    }
  }

  private void stream(Installation installation, EdgeBench bench, Path folder, Figures figures)
      throws IOException, InterruptedException {
    var held = ManyNames.nodes(installation);
    try (var third = joined(installation, folder.resolve("third"))) {
      installation.launcher().run("nodes", "drain", "bench-third");
      var nodes = new ArrayList<>(held);
      nodes.add(third::names);
      ManyNames.of(names, folder).bring(installation, nodes, bench, figures);
      figures.put("nodes", nodes.size());
    }
    Progress.say("a node that has nothing reads everything");
    var all = ManyNames.names(held);
    var begin = System.nanoTime();
    try (var empty = joined(installation, folder.resolve("empty"))) {
      var since = System.nanoTime();
      while (empty.names() < all) {
        if (System.nanoTime() - begin > LONGEST_READING.toNanos()) {
          throw new IOException(
              "the new node has %d names after %s".formatted(empty.names(), LONGEST_READING));
        }
        Thread.sleep(10);
      }
      var took = (System.nanoTime() - since) / 1e9;
      figures.put("full_sync_s", took).put("full_sync_names_per_s", all / took);
    }
  }

  /// One more node of the cluster, which has joined and begun to read.
  private static ThirdNode joined(Installation installation, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectory(folder);
    var token = Files.writeString(folder.resolve("token"), token(installation, "local"));
    var node = new ThirdNode(installation, control(installation), token, folder);
    try {
      Progress.say("waiting for a third node");
      while (node.names() == 0) {
        Thread.sleep(10);
      }
      return node;
    } catch (IOException | InterruptedException e) {
      node.close();
      throw e;
    }
  }

  private int polls(Installation installation, EdgeBench bench, Path folder, Figures figures)
      throws IOException, InterruptedException {
    try (var feed = bench.feed(arguments(installation, domain(installation), folder))) {
      installation.launcher().run("nodes", "drain", "bench-feed");
      var alone = feed.measure(3, 0);
      var beside = feed.measure(3, idle);
      var woken = feed.measure(together, 0);
      figures
          .put("poll_after_commit_p50_ms", alone.path("p50_ms").asDouble())
          .put("poll_after_commit_p99_ms", alone.path("p99_ms").asDouble())
          .put("poll_after_sent_p99_ms", alone.path("sent_p99_ms").asDouble())
          .put("idle_polls", idle)
          .put("poll_after_commit_p50_ms_beside_idle", beside.path("p50_ms").asDouble())
          .put("poll_after_commit_p99_ms_beside_idle", beside.path("p99_ms").asDouble())
          .put("idle_cpu_percent", alone.path("idle_cpu_percent").asDouble())
          .put("idle_cpu_percent_beside_idle", beside.path("idle_cpu_percent").asDouble())
          .put("rss_mb", alone.path("rss_mb").asDouble())
          .put("rss_mb_beside_idle", beside.path("rss_mb").asDouble())
          .put("polls_woken_at_once", together)
          .put("poll_after_commit_p50_ms_all_woken", woken.path("p50_ms").asDouble())
          .put("poll_after_commit_p99_ms_all_woken", woken.path("p99_ms").asDouble());
      return errors(alone) + errors(beside) + errors(woken);
    }
  }

  private static int errors(JsonNode result) {
    return result.path("errors").asInt();
  }

  private static Domain domain(Installation installation) throws InterruptedException {
    var activation = new Activation(installation);
    return activation
        .activateMany(1, installation.places().origin("plain"), LONGEST_HOLD)
        .active()
        .stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no domain is active, so none can change"));
  }

  private List<String> arguments(Installation installation, Domain domain, Path folder)
      throws IOException {
    var launcher = installation.launcher();
    launcher.run(
        "clusters", "add", "idle", "--zone", "idle.nameplate.sandbox", "--address", "127.0.1.9");
    var token = Files.writeString(folder.resolve("token"), token(installation, "local"));
    var idleToken = Files.writeString(folder.resolve("idle-token"), token(installation, "idle"));
    var key = Files.writeString(folder.resolve("key"), installation.places().apiKey());
    var api = API.matcher(launcher.run("status"));
    if (!api.find()) {
      throw new IOException("the part api does not run");
    }
    return List.of(
        "--control",
        control(installation),
        "--api",
        installation.places().apiUrl().toString(),
        "--key-file",
        key.toString(),
        "--data",
        folder.toString(),
        "--token-file",
        token.toString(),
        "--idle-token-file",
        idleToken.toString(),
        "--domain",
        domain.id(),
        "--origins",
        installation.places().origin("echo") + "," + installation.places().origin("plain"),
        "--process",
        api.group(1),
        "--changes",
        Integer.toString(changes));
  }

  private static String token(Installation installation, String cluster) {
    return installation.launcher().run("clusters", "join-token", cluster);
  }

  /// docs/sandbox.md: the edge listener's port is one above the API's.
  private static String control(Installation installation) {
    var api = installation.places().apiUrl();
    return "https://%s:%d".formatted(api.getHost(), api.getPort() + 1);
  }
}
