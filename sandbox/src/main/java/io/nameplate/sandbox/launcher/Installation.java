package io.nameplate.sandbox.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/// One whole copy: brings it up in the right order, takes it down again.
final class Installation {
  private final Workspace workspace;
  private final Ports ports;
  private final Path stage;
  private final Progress progress;
  private final Crew crew;

  Installation(Workspace workspace, Path stage, Progress progress) {
    this.workspace = workspace;
    this.ports = new Ports(workspace.offset());
    this.stage = stage;
    this.progress = progress;
    this.crew = new Crew(workspace, progress);
  }

  Crew crew() {
    return crew;
  }

  Places places() {
    return new Places(workspace, ports);
  }

  /// Builds and fetches, and starts nothing.
  ///
  /// @return the folder of each build
  Map<Build, Path> make(Set<Build> wanted) {
    Map<Build, Path> builds = new Workshop(workspace, progress).make(wanted);
    if (wanted.contains(Build.APP)) {
      new PostgresServer(workspace, progress).unpack();
      new TemporalServer(workspace, progress).program();
    }
    return builds;
  }

  /// Starts everything that is not running. Parts that need nothing of each other start side by
  /// side.
  void up() {
    Parts parts = parts(Set.of(Build.APP, Build.DASHBOARD, Build.EDGE, Build.PEBBLE));
    Together.run(
        List.of(
            () -> {
              parts.postgres().prepare();
              return null;
            },
            () -> {
              parts.temporal().program();
              return null;
            }));
    var setup = new Setup(workspace, ports, parts, progress);
    Map<Part, CompletableFuture<Void>> ready = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      ready.put(part, new CompletableFuture<>());
    }
    List<Callable<Void>> work = new ArrayList<>();
    for (Part part : Part.values()) {
      work.add(() -> {
        CompletableFuture<Void> mine = ready.getOrDefault(part, new CompletableFuture<>());
        try {
          start(part, parts, setup, ready);
          mine.complete(null);
        } catch (AfterFailure e) {
          mine.completeExceptionally(e);
        } catch (RuntimeException e) {
          mine.completeExceptionally(e);
          throw e;
        }
        return null;
      });
    }
    Together.run(work);
  }

  /// Starts one part and nothing else.
  void start(Part part) {
    Parts parts = parts(builds(part));
    if (part == Part.POSTGRES) {
      parts.postgres().prepare();
    }
    startAlone(part, parts);
  }

  boolean stop(Part part) {
    return crew.stop(part, Parts.goodbye(part));
  }

  boolean kill(Part part) {
    return crew.kill(part);
  }

  /// Stops what was started: first those who use the others, so that everybody can finish in peace.
  void down() {
    stopAll(EnumSet.allOf(Part.class));
  }

  private void stopAll(Set<Part> parts) {
    for (List<Part> wave :
        List.of(
            List.of(Part.EDGE_1, Part.EDGE_2, Part.DASHBOARD, Part.API, Part.WORKER),
            List.of(Part.TEMPORAL, Part.PEBBLE, Part.SANDBOX, Part.POSTGRES))) {
      List<Callable<Void>> work = new ArrayList<>();
      for (Part part : wave) {
        if (parts.contains(part)) {
          work.add(() -> {
            if (stop(part)) {
              progress.say("stopped " + part);
            }
            return null;
          });
        }
      }
      Together.run(work);
    }
  }

  /// The processes that this object has started.
  Set<Long> launchedPids() {
    return crew.launched().stream()
        .flatMap(part -> crew.running(part).stream())
        .map(Pid::number)
        .collect(Collectors.toSet());
  }

  /// Stops what this object has started, and lets it start nothing more.
  void abandon() {
    crew.dismiss();
    stopAll(crew.launched());
  }

  /// Carries out a command of the app for an operator, whose answer goes to stdout.
  ///
  /// @return its exit code
  int operator(List<String> arguments) {
    boolean onlyHelp =
        arguments.stream().anyMatch(List.of("-h", "--help", "-V", "--version")::contains);
    if (!onlyHelp && crew.running(Part.POSTGRES).isEmpty()) {
      throw new Refusal("nothing runs here: `%s up` comes first".formatted(places().command()));
    }
    var setup = new Setup(workspace, ports, parts(Set.of(Build.APP)), progress);
    return onlyHelp ? setup.explain(arguments) : setup.handOver(arguments);
  }

  private Parts parts(Set<Build> needed) {
    Map<Build, Path> builds = new Workshop(workspace, progress).make(needed);
    return new Parts(workspace, ports, builds, stage, progress);
  }

  private static Set<Build> builds(Part part) {
    return switch (part) {
      case POSTGRES, TEMPORAL, SANDBOX -> Set.of();
      case PEBBLE -> Set.of(Build.PEBBLE);
      case API, WORKER -> Set.of(Build.APP);
      case DASHBOARD -> Set.of(Build.DASHBOARD);
      case EDGE_1, EDGE_2 -> Set.of(Build.EDGE);
    };
  }

  private void start(
      Part part, Parts parts, Setup setup, Map<Part, CompletableFuture<Void>> ready) {
    switch (part) {
      case POSTGRES -> {
        startAlone(part, parts);
        setup.database(parts.appBuild());
      }
      case TEMPORAL, PEBBLE, SANDBOX, DASHBOARD -> startAlone(part, parts);
      case API, WORKER -> {
        await(ready, Part.POSTGRES);
        startAlone(part, parts);
      }
      case EDGE_1, EDGE_2 -> {
        // A node that has joined starts from its own disk; a new one needs a token and somebody who
        // answers.
        if (!setup.hasJoined(part)) {
          await(ready, Part.API);
          await(ready, Part.WORKER);
          setup.joinToken(part);
        }
        startAlone(part, parts);
        setup.rememberJoined(part);
      }
    }
  }

  private void startAlone(Part part, Parts parts) {
    if (part == Part.PEBBLE || part == Part.SANDBOX) {
      parts.pebble().write();
    }
    if (part == Part.POSTGRES && crew.running(part).isEmpty()) {
      parts.postgres().clearAfterKill();
    }
    crew.start(parts.program(part));
    if (part == Part.PEBBLE) {
      parts.pebble().rememberRoot();
    }
  }

  private static void await(Map<Part, CompletableFuture<Void>> ready, Part part) {
    try {
      CompletableFuture<Void> other = ready.get(part);
      if (other != null) {
        other.join();
      }
    } catch (CompletionException e) {
      throw new AfterFailure(part, e);
    }
  }

  /// Not started because something it needs failed, which speaks for itself.
  private static final class AfterFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    AfterFailure(Part needed, Throwable cause) {
      super(needed + " failed", cause);
    }
  }
}
