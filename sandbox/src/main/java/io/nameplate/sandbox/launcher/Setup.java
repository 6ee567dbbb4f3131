package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/// What happens once in a copy's life: the schema, the first team with its key, the cluster, tokens
/// for the nodes.
final class Setup {
  static final String CLUSTER = "local";
  static final String ZONE = "edge.nameplate.sandbox";
  private static final String TEAM = "demo";

  /// A token lives an hour; this leaves a node time to use it.
  private static final Duration TOKEN_HOLDS = Duration.ofMinutes(45);

  private final Workspace workspace;
  private final Ports ports;
  private final Parts parts;
  private final Progress progress;

  Setup(Workspace workspace, Ports ports, Parts parts, Progress progress) {
    this.workspace = workspace;
    this.ports = ports;
    this.parts = parts;
    this.progress = progress;
  }

  /// Brings the schema to what this build expects, and makes the first team and cluster. PostgreSQL
  /// must be ready.
  void database(String appBuild) {
    Path done = workspace.data().resolve("migrated");
    if (read(done).equals(appBuild) && Files.exists(workspace.demoKey())) {
      return;
    }
    progress.say("setting up the database");
    operator("migrate");
    if (!Files.exists(workspace.demoKey())) {
      operator(
          "clusters",
          "add",
          CLUSTER,
          "--zone",
          ZONE,
          "--address",
          ports.edgeHttps(1).host(),
          "--address",
          ports.edgeHttps(2).host(),
          "--http-port",
          Integer.toString(ports.edgeHttp(1).port()),
          "--https-port",
          Integer.toString(ports.edgeHttps(1).port()));
      secret(workspace.demoKey(), firstTeam());
    }
    write(done, appBuild);
  }

  /// Adds a team and returns its key. A key is shown once: where an earlier start was interrupted
  /// before it had written it down, that team is of no use any more, and the next name is taken.
  private String firstTeam() {
    for (int attempt = 1; ; attempt++) {
      String name = attempt == 1 ? TEAM : TEAM + "-" + attempt;
      try {
        return operator("teams", "add", name);
      } catch (Refusal e) {
        if (attempt == 20 || !String.valueOf(e.getMessage()).contains("There is a team named")) {
          throw e;
        }
      }
    }
  }

  /// Whether the node has been ready once: from then on it needs nobody to start.
  boolean hasJoined(Part edge) {
    return Files.exists(joined(edge));
  }

  void rememberJoined(Part edge) {
    if (!hasJoined(edge)) {
      write(joined(edge), "");
    }
  }

  /// Makes the token with which an edge joins, unless there is one that still holds.
  void joinToken(Part edge) {
    Path token = parts.joinToken(edge);
    try {
      if (Files.exists(token)
          && Files.getLastModifiedTime(token)
              .toInstant()
              .isAfter(Instant.now().minus(TOKEN_HOLDS))) {
        return;
      }
      Files.deleteIfExists(token);
    } catch (IOException e) {
      throw new Refusal(token + ": " + e.getMessage(), e);
    }
    secret(token, operator("clusters", "join-token", CLUSTER));
  }

  private Path joined(Part edge) {
    return workspace.data().resolve(edge.label() + ".joined");
  }

  /// Runs a command of the app and returns what it printed.
  String operator(String... arguments) {
    try {
      var builder =
          new ProcessBuilder(parts.operator(arguments)).directory(workspace.data().toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("NAMEPLATE_"));
      builder.environment().putAll(parts.operatorEnvironment());
      Path errors = workspace.logs().resolve("operator.log");
      long logFrom = LogTail.length(errors);
      Process process =
          builder.redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile())).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new Refusal(
            "`%s` ended with exit code %d:%n%s"
                .formatted(
                    String.join(" ", arguments),
                    exit,
                    LogTail.lines(errors, logFrom, 1_000).stream()
                        .limit(12) // what it says stands before where in the program that was
                        .map(line -> "  " + line)
                        .collect(Collectors.joining("\n"))));
      }
      return output.strip();
    } catch (IOException e) {
      throw new Refusal(String.join(" ", arguments) + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("interrupted", e);
    }
  }

  /// Runs a command of the app with its answer on our stdout. What it complains about comes on our
  /// stderr; its log is kept in a file.
  ///
  /// @return its exit code
  int handOver(List<String> arguments) {
    Path errors = workspace.logs().resolve("operator.log");
    long logFrom = LogTail.length(errors);
    var builder =
        command(arguments).redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
    builder.environment().putAll(parts.operatorEnvironment());
    int exit = run(builder);
    LogTail.lines(errors, logFrom, 1_000).stream()
        .filter(line -> !line.startsWith("{"))
        .forEach(System.err::println);
    return exit;
  }

  /// Lets the app tell how a command is used, or its version; needs nothing that runs.
  ///
  /// @return its exit code
  int explain(List<String> arguments) {
    return run(command(arguments).redirectError(ProcessBuilder.Redirect.INHERIT));
  }

  /// Runs where the person is, whose files it may be told.
  private ProcessBuilder command(List<String> arguments) {
    var builder =
        new ProcessBuilder(parts.operator(arguments.toArray(String[]::new)))
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().removeIf(name -> name.startsWith("NAMEPLATE_"));
    return builder;
  }

  private static int run(ProcessBuilder builder) {
    try {
      System.out.flush();
      return builder.start().waitFor();
    } catch (IOException e) {
      throw new Refusal("the app does not start: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("interrupted", e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      throw new Refusal(file + ": " + e.getMessage(), e);
    }
  }

  private static void write(Path file, String text) {
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(whole, text + "\n");
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Refusal(file + ": " + e.getMessage(), e);
    }
  }

  /// Writes what only the owner may read, whole or not at all.
  private static void secret(Path file, String text) {
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(whole);
      Files.createFile(
          whole,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(whole, text + "\n");
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Refusal(file + ": " + e.getMessage(), e);
    }
  }
}
