package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes what is missing. A result is kept under the hash of its sources, so nothing that runs is
/// ever overwritten.
final class Workshop {
  /// Older results of the same build than these are removed; a copy that still runs from one keeps
  /// its open files.
  private static final int KEPT_RESULTS = 4;

  private static final Path COMPLETE = Path.of("complete");

  /// Beside the edge's bench: an edge that counts requests in turns, which shows what that costs.
  static final String NOT_COUNTING = "nameplate-edge-nocount";

  private final Workspace workspace;
  private final Progress progress;

  Workshop(Workspace workspace, Progress progress) {
    this.workspace = workspace;
    this.progress = progress;
  }

  /// The folder of each build, made where it was missing.
  Map<Build, Path> make(Collection<Build> builds) {
    Map<Build, Path> results = new EnumMap<>(Build.class);
    builds.forEach(build -> results.put(build, build.result(workspace)));
    if (missing(results).isEmpty()) {
      return results;
    }
    Room.TO_BUILD.require(workspace.builds());
    String names = missing(results).stream().map(Build::label).collect(Collectors.joining(", "));
    try (var _ = BuildLock.take(workspace.state(), "builds " + names, progress)) {
      List<Build> missing = missing(results);
      List<Build> java = missing.stream().filter(build -> !build.go()).toList();
      List<Callable<Void>> work = new ArrayList<>();
      if (!java.isEmpty()) {
        work.add(() -> {
          maven(java, results);
          return null;
        });
      }
      List<Build> go = missing.stream().filter(Build::go).toList();
      if (!go.isEmpty()) {
        work.add(() -> {
          for (Build build : go) {
            go(build, result(results, build));
          }
          return null;
        });
      }
      Together.run(work);
      missing.forEach(this::forgetOld);
    }
    return results;
  }

  /// Removes jars that an earlier build with another version or other dependencies may have left:
  /// two versions on one class path are no program. The build lock must be held.
  void clear() {
    for (Build build : Build.values()) {
      Path target = workspace.root().resolve(build.module()).resolve("target");
      try {
        Folders.delete(target.resolve("lib"));
        for (Path jar : jars(target)) {
          Files.delete(jar);
        }
      } catch (IOException e) {
        throw new Refusal(build.label() + ": " + e, e);
      }
    }
  }

  /// Keeps what a whole Maven build has just made, as if it had been built here. The build lock
  /// must be held.
  void adopt() {
    for (Build build : Build.values()) {
      Path target = workspace.root().resolve(build.module()).resolve("target");
      Path result = build.result(workspace);
      if (!build.go() && Files.isDirectory(target.resolve("lib")) && !complete(result)) {
        stage(build, target, result);
      }
    }
  }

  /// Whether a result was made to its end.
  static boolean complete(Path result) {
    return Files.exists(result.resolve(COMPLETE));
  }

  private static List<Build> missing(Map<Build, Path> results) {
    return results.keySet().stream().filter(build -> !complete(result(results, build))).toList();
  }

  private void maven(List<Build> builds, Map<Build, Path> results) {
    String names = builds.stream().map(Build::label).collect(Collectors.joining(", "));
    progress.say("building " + names + " with Maven (log: .nameplate/build.log)");
    double began = progress.seconds();
    clear();
    new Maven(workspace, progress)
        .run(
            "the build of " + names,
            "Maven",
            List.of(
                "-T1C",
                "-Pquick",
                "package",
                "-am",
                "-pl",
                builds.stream().map(Build::module).collect(Collectors.joining(","))),
            Map.of(),
            workspace.state().resolve("build.log"));
    for (Build build : builds) {
      Path target = workspace.root().resolve(build.module()).resolve("target");
      stage(build, target, result(results, build));
    }
    progress.say("built %s in %.0f s".formatted(names, progress.seconds() - began));
  }

  private static void stage(Build build, Path target, Path result) {
    try {
      Folders.delete(result);
      Files.createDirectories(result);
      for (Path folder : List.of(target.resolve("lib"), target)) {
        for (Path jar : jars(folder)) {
          Files.copy(jar, result.resolve(jar.getFileName()));
        }
      }
      Files.createFile(result.resolve(COMPLETE));
    } catch (IOException e) {
      throw new Refusal("%s: %s".formatted(build.label(), e), e);
    }
  }

  private static List<Path> jars(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }

  private void go(Build build, Path result) {
    Toolbox.Go go = Toolbox.go();
    progress.say("building %s with %s".formatted(build.label(), go.version()));
    double began = progress.seconds();
    try {
      Folders.delete(result);
      Files.createDirectories(result);
      goProgram(build, goCommand(go, build, result.resolve(program(build))));
      if (build == Build.EDGE_BENCH) {
        // The edge once more, with counters that can be switched off: what they cost is measured.
        var command = new ArrayList<>(goCommand(go, Build.EDGE, result.resolve(NOT_COUNTING)));
        command.add(2, "-tags=nocount");
        goProgram(build, command);
      }
      Files.createFile(result.resolve(COMPLETE));
    } catch (IOException e) {
      throw new Refusal("%s: %s".formatted(build.label(), e), e);
    }
    progress.say("built %s in %.0f s".formatted(build.label(), progress.seconds() - began));
  }

  private void goProgram(Build build, List<String> command) {
    Executables.run(
        "the build of " + build.label(),
        command,
        workspace.root().resolve(build.module()),
        Map.of("CGO_ENABLED", "0", "GOTOOLCHAIN", "local"),
        workspace.state().resolve("build-" + build.label() + ".log"));
  }

  /// The same sources and the same Go give the same bytes, wherever they are.
  static List<String> goCommand(Toolbox.Go go, Build build, Path output) {
    return List.of(
        go.program().toString(),
        "build",
        "-trimpath",
        "-buildvcs=false",
        "-ldflags=-s -w -buildid=" + (build == Build.EDGE ? " -X main.version=" + version() : ""),
        "-o",
        output.toString(),
        goPackage(build));
  }

  /// The file name of a Go build's program.
  static String program(Build build) {
    return switch (build) {
      case EDGE -> "nameplate-edge";
      case EDGE_BENCH -> "edge-bench";
      case PEBBLE -> "pebble";
      case APP, DASHBOARD, BENCH ->
          throw new IllegalArgumentException(build + " is jars, not a program");
    };
  }

  /// The edge's version is ours.
  private static String version() {
    String version = Workshop.class.getPackage().getImplementationVersion();
    return version == null ? "0.0.0" : version;
  }

  private static String goPackage(Build build) {
    return build == Build.PEBBLE
        ? "github.com/letsencrypt/pebble/v2/cmd/pebble"
        : "./cmd/" + program(build);
  }

  private void forgetOld(Build build) {
    try (Stream<Path> folders = Files.list(workspace.builds())) {
      List<Path> old =
          folders
              .filter(folder -> folder.getFileName().toString().startsWith(build.label() + "-"))
              .sorted((left, right) ->
                  Long.compare(right.toFile().lastModified(), left.toFile().lastModified()))
              .skip(KEPT_RESULTS)
              .toList();
      for (Path folder : old) {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      progress.say("old builds are not removed: " + e.getMessage());
    }
  }

  private static Path result(Map<Build, Path> results, Build build) {
    Path result = results.get(build);
    if (result == null) {
      throw new IllegalStateException("not asked for: " + build);
    }
    return result;
  }
}
