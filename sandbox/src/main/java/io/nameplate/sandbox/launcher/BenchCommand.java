package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Unmatched;

/// All that stands behind the name of one of the edge's benches is the bench's, `--help` too.
@Command(
    name = "bench",
    description = {
      "bench NAME: measures and prints one JSON object last.",
      "In a copy of its own: activate, change. The edge alone, beside stock Caddy: edge, edge-size,"
          + " flood, resync (more: bench edge --help)."
    })
final class BenchCommand implements Callable<Integer> {
  /// Benches of the edge without anything around it.
  static final Set<String> EDGE_ALONE = Set.of("edge", "edge-size", "flood", "resync");

  /// Benches of a whole copy whose visitors and nodes are the edge's bench: it speaks HTTP/3.
  private static final Set<String> VISITED = Set.of("change", "feed");

  @ParentCommand private Launcher launcher;

  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    boolean edge = !arguments.isEmpty() && EDGE_ALONE.contains(arguments.getFirst());
    return Foreground.run(edge ? edgeAlone() : wholeCopy(), launcher.workspace().root());
  }

  /// A program of the edge's own, beside the edge as `up` runs it. Its ports are free ones.
  private List<String> edgeAlone() {
    Map<Build, Path> builds =
        launcher.installation().make(EnumSet.of(Build.EDGE, Build.EDGE_BENCH));
    Path bench = built(builds, Build.EDGE_BENCH);
    var command =
        new ArrayList<>(
            List.of(
                bench.resolve(Workshop.program(Build.EDGE_BENCH)).toString(),
                arguments.getFirst(),
                "--edge",
                built(builds, Build.EDGE).resolve(Workshop.program(Build.EDGE)).toString(),
                "--dir",
                launcher.workspace().state().resolve("bench").toString()));
    if (arguments.getFirst().equals("edge")) {
      command.addAll(List.of("--nocount", bench.resolve(Workshop.NOT_COUNTING).toString()));
    }
    command.addAll(arguments.subList(1, arguments.size()));
    return command;
  }

  private static Path built(Map<Build, Path> builds, Build build) {
    return Objects.requireNonNull(builds.get(build), build.label());
  }

  private List<String> wholeCopy() {
    boolean visited = !arguments.isEmpty() && VISITED.contains(arguments.getFirst());
    Map<Build, Path> builds =
        launcher
            .installation()
            .make(
                visited
                    ? EnumSet.of(Build.BENCH, Build.EDGE_BENCH, Build.EDGE)
                    : EnumSet.of(Build.BENCH));
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // It shares the machine with what it measures.
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED"));
    if (visited) {
      command.add(
          "-Dnameplate.edge-bench="
              + built(builds, Build.EDGE_BENCH).resolve(Workshop.program(Build.EDGE_BENCH)));
      command.add(
          "-Dnameplate.edge=" + built(builds, Build.EDGE).resolve(Workshop.program(Build.EDGE)));
    }
    command.addAll(
        List.of("-cp", built(builds, Build.BENCH) + "/*", "io.nameplate.e2e.bench.BenchMain"));
    command.addAll(arguments);
    if (launcher.ports().offset() != 0) {
      command.add("--port-offset");
      command.add(Integer.toString(launcher.ports().offset()));
    }
    return command;
  }
}
