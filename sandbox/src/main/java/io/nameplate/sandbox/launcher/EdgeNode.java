package io.nameplate.sandbox.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A node of somebody else's cluster on this machine: joins, runs, hands over to a newer build, and
/// stops. Which process it is says its own lock, since that changes when a newer build takes over.
final class EdgeNode {
  /// Enough for a cluster of a million names on a busy machine.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final EdgeHome home;
  private final Workspace workspace;
  private final Progress progress;

  EdgeNode(EdgeHome home, Workspace workspace, Progress progress) {
    this.home = home;
    this.workspace = workspace;
    this.progress = progress;
  }

  /// What a person said on the command line.
  ///
  /// @param more options of the edge itself
  record Given(
      Optional<String> control,
      Optional<String> address,
      Optional<Integer> httpsPort,
      Optional<Integer> httpPort,
      Optional<String> adminAddress,
      List<String> more) {}

  /// Joins if that is still to be done, and starts the node unless it runs.
  ///
  /// @return what to tell the person when it is ready
  String join(Given given, String tokenFile) {
    Optional<EdgeOptions> before = EdgeOptions.read(home.options());
    EdgeOptions options = EdgeOptions.of(given, before);
    if (before.isPresent() && !before.get().sameDoors(options)) {
      throw new Refusal(
          "this node joined as %s and %s, where the control plane looks for it. To change that: `edge stop`, remove %s, and join with a new token"
              .formatted(before.get().https(), before.get().http(), home.data()));
    }
    prepare();
    try (var _ = CopyLock.take(home.data().resolve("command.lock"), "edge join", progress)) {
      Path built = built();
      Optional<ProcessHandle> running = running();
      if (running.isPresent() && before.isPresent() && !before.get().equals(options)) {
        throw new Refusal(
            "the node runs with other options (process %d): `edge stop` first"
                .formatted(running.get().pid()));
      }
      boolean newer = home.install(built);
      if (running.isPresent()) {
        progress.say("runs already, as process " + running.get().pid());
        if (newer) {
          handOver();
          running = running();
        }
        return awaitReady(options, running, false);
      }
      free(options);
      progress.say(edge("join", withToken(options, tokenFile), Optional.of(tokenFile)));
      options.write(home.options());
      return launch(options);
    }
  }

  private String launch(EdgeOptions options) {
    var command = new ArrayList<>(List.of(home.program().toString(), "run"));
    command.addAll(own());
    command.addAll(options.arguments());
    try {
      Files.writeString(home.wanted(), "");
      Process process = Detached.start(command, Map.of(), home.data(), home.log());
      try (var _ =
          Interruption.answeredBy(
              () -> Set.of(process.pid()),
              () -> {
                progress.say("interrupted: stopping the node");
                stop();
                process.destroy(); // in case it had not taken its data yet
              })) {
        return awaitReady(options, Optional.of(process.toHandle()), true);
      }
    } catch (IOException e) {
      throw new Refusal("the node does not start: " + e.getMessage(), e);
    }
  }

  private void handOver() {
    progress.say("handing over to the newer build");
    try {
      edge("upgrade", List.of("--data", home.data().toString()), Optional.empty());
    } catch (Refusal e) {
      home.forgetBuild();
      throw e;
    }
  }

  /// Stays while the node runs.
  ///
  /// @return the exit code: 1 if it ended although nobody stopped it
  int watch() {
    try (var _ =
        Interruption.answeredBy(
            () -> running().map(ProcessHandle::pid).map(Set::of).orElse(Set.of()),
            () -> {
              progress.say("draining the node");
              stop();
            })) {
      Optional<ProcessHandle> process = running();
      while (process.isPresent()) {
        if (process.get().isAlive()) {
          Pause.of(Duration.ofSeconds(1));
        } else {
          process = running(); // a newer build may have taken over
        }
      }
    }
    if (!Files.exists(home.wanted())) {
      progress.say("the node was stopped");
      return 0;
    }
    progress.say("the node ended by itself. " + lastWords());
    return 1;
  }

  /// Drains and stops the node, if it runs.
  void stop() {
    Optional<ProcessHandle> running = running();
    home.unwant(); // first, so that nobody who looks meanwhile takes it for a crash
    if (running.isEmpty()) {
      progress.say("no node runs on " + home.data());
      return;
    }
    progress.say(edge("stop", List.of("--data", home.data().toString()), Optional.empty()));
  }

  private void prepare() {
    try {
      Files.createDirectories(home.data());
      Files.setPosixFilePermissions(home.data(), PosixFilePermissions.fromString("rwx------"));
      Files.delete(Files.createTempFile(home.data(), "try", ""));
    } catch (IOException e) {
      throw new Refusal("%s cannot be written: %s".formatted(home.data(), e), e);
    }
    Room.TO_RUN.require(home.data());
  }

  private Path built() {
    new Preflight(workspace, progress).forEdge();
    Path folder = Build.EDGE.result(workspace);
    new Workshop(workspace, progress).make(Set.of(Build.EDGE));
    return folder;
  }

  /// Refuses with every address that cannot be had.
  void free(EdgeOptions options) {
    var taken = new ArrayList<String>();
    for (Program.Listener listener : options.listeners()) {
      try {
        PortOwner.requireFree(home.name(), listener);
      } catch (Refusal e) {
        taken.add(String.valueOf(e.getMessage()));
      }
    }
    if (!taken.isEmpty()) {
      throw new Refusal(String.join(System.lineSeparator() + "nameplate: ", taken));
    }
  }

  private List<String> own() {
    return List.of("--data", home.data().toString(), "--name", home.name());
  }

  private List<String> withToken(EdgeOptions options, String tokenFile) {
    var all = new ArrayList<>(own());
    all.addAll(options.arguments());
    all.addAll(
        List.of(
            "--join-token-file",
            tokenFile.equals("-") ? "-" : Path.of(tokenFile).toAbsolutePath().toString()));
    return all;
  }

  /// Runs a command of the edge that ends by itself. Refuses with the last line of what it
  /// complains about.
  ///
  /// @param token where the token is that it may want; `-` is our input
  /// @return what it says
  private String edge(String verb, List<String> arguments, Optional<String> token) {
    var command = new ArrayList<>(List.of(home.program().toString(), verb));
    command.addAll(arguments);
    boolean fromInput = token.filter("-"::equals).isPresent();
    if (fromInput
        && !Files.exists(home.options())
        && Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()) {
      progress.say("paste the join token, and press Enter");
    }
    try {
      Path complaints = Files.createTempFile(home.data(), verb, ".err");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectInput(
                    fromInput ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.PIPE)
                .redirectError(complaints.toFile())
                .start();
        process.getOutputStream().close();
        String said =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() == 0) {
          return said;
        }
        List<String> lines = Files.readAllLines(complaints);
        throw new Refusal(
            lines.isEmpty()
                ? "%s failed and said nothing".formatted(String.join(" ", command))
                : lines.getLast().replaceFirst("^nameplate-edge: ", ""));
      } finally {
        Files.deleteIfExists(complaints);
      }
    } catch (IOException e) {
      throw new Refusal("the node's program: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("interrupted", e);
    }
  }

  /// The process that has the node's data.
  private Optional<ProcessHandle> running() {
    if (!Files.exists(home.program())) {
      return Optional.empty();
    }
    return Executables.output(
            List.of(home.program().toString(), "status", "--data", home.data().toString()))
        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)));
  }

  /// @param process the node's; it takes its data a moment after it was started
  /// @param started whether it was started just now; it is stopped again if it can never be ready
  private String awaitReady(EdgeOptions options, Optional<ProcessHandle> process, boolean started) {
    URI page = URI.create(options.admin().url("http") + "/readyz");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String lacking = "it does not answer at " + page;
    String told = "";
    while (System.nanoTime() < deadline) {
      Optional<JsonNode> said = said(page);
      if (said.isPresent() && said.get().path("ready").asBoolean()) {
        return board(options, said.get());
      }
      lacking = said.map(it -> it.path("reason").asText()).orElse(lacking);
      if (lacking.equals("revoked")) {
        if (started) {
          stop();
        }
        throw new Refusal(
            "the control plane has revoked this node: `edge stop`, remove %s, and join with a new token"
                .formatted(home.data()));
      }
      if (said.isPresent() && !lacking.equals(told)) {
        told = lacking;
        progress.say("not ready yet: " + lacking);
      }
      if (said.isEmpty() && process.filter(ProcessHandle::isAlive).isEmpty()) {
        throw new Refusal("the node has ended. " + lastWords());
      }
      Pause.of(Duration.ofMillis(200));
    }
    throw new Refusal(
        "the node is not ready after %d s: %s. It goes on trying; its log is %s"
            .formatted(PATIENCE.toSeconds(), lacking, home.log()));
  }

  private static Optional<JsonNode> said(URI page) {
    try {
      return Optional.of(new ObjectMapper().readTree(LocalHttp.get(page).body()));
    } catch (JsonProcessingException e) {
      throw new Refusal(page + " is not answered by an edge node: " + e.getOriginalMessage(), e);
    } catch (IOException _) {
      return Optional.empty(); // not listening yet
    }
  }

  private String lastWords() {
    return "The last lines of %s:%n%s"
        .formatted(
            home.log(),
            LogTail.lines(home.log(), 0, 12).stream()
                .map(line -> "  " + LogTail.shortened(line))
                .collect(Collectors.joining("\n")));
  }

  private static String names(int count) {
    return count == 1 ? "1 name" : count + " names";
  }

  private String board(EdgeOptions options, JsonNode said) {
    return """
    Node %s (%s) of cluster %s serves %s.

      HTTPS, HTTP   %s, %s
      readiness     %s/readyz
      log           %s
      stop it       ./nameplate edge stop --name %s%s
    """
        .formatted(
            home.name(),
            said.path("node_id").asText(),
            said.path("cluster_id").asText(),
            names(said.path("names").asInt()),
            options.https(),
            options.http(),
            options.admin().url("http"),
            home.log(),
            home.name(),
            home.data().equals(workspace.state().resolve("nodes").resolve(home.name()))
                ? ""
                : " --data " + home.data());
  }
}
