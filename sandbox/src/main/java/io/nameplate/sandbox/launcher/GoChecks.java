package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The edge's format, vet, staticcheck, tests and fuzz targets.
final class GoChecks {
  private static final Map<String, String> ENVIRONMENT = Map.of("GOTOOLCHAIN", "local");

  private final Workspace workspace;
  private final Path logs;
  private final Path race;
  private final Path edge;
  private final String go;
  private final GoFuzz fuzz;

  GoChecks(Workspace workspace, Path logs) {
    this.workspace = workspace;
    this.logs = logs;
    this.race = logs.resolve("go-race.json");
    this.edge = workspace.root().resolve("edge");
    this.go = Toolbox.go().program().toString();
    this.fuzz = new GoFuzz(edge, logs, go, ENVIRONMENT);
  }

  /// Where the results of `go test -json` are: the whole module once, ...
  Path results() {
    return logs.resolve("go-test.json");
  }

  /// ... and those of its tests again: a part of it under the race detector, and fuzz targets.
  List<Path> resultsAgain() {
    return Stream.concat(Stream.of(race), fuzz.results().stream()).filter(Files::exists).toList();
  }

  void format() {
    Path gofmt = Path.of(go).resolveSibling("gofmt");
    String program = Files.isExecutable(gofmt) ? gofmt.toString() : "gofmt";
    Path log = logs.resolve("gofmt.log");
    Executables.run("gofmt", List.of(program, "-l", "."), edge, ENVIRONMENT, log);
    List<String> wrong = LogTail.lines(log, 0, 50);
    if (!wrong.isEmpty()) {
      throw new Refusal("not formatted (run gofmt -w in edge/): " + String.join(", ", wrong));
    }
  }

  void vet() {
    Executables.run(
        "go vet", List.of(go, "vet", "./..."), edge, ENVIRONMENT, logs.resolve("go-vet.log"));
  }

  void staticcheck() {
    Path program = workspace.tools().resolve("staticcheck");
    Executables.run(
        "the build of staticcheck",
        List.of(
            go,
            "build",
            "-trimpath",
            "-o",
            program.toString(),
            "honnef.co/go/tools/cmd/staticcheck"),
        workspace.root().resolve(".ci/staticcheck"),
        ENVIRONMENT,
        logs.resolve("staticcheck-build.log"));
    Executables.run(
        "staticcheck",
        List.of(program.toString(), "./..."),
        edge,
        ENVIRONMENT,
        logs.resolve("staticcheck.log"));
  }

  void test() {
    Executables.run("go test", List.of(go, "test", "-json", "./..."), edge, ENVIRONMENT, results());
  }

  /// Only packages without Caddy in them: with it, one build for the race detector takes minutes.
  /// It needs a C compiler.
  void race() {
    List<String> packages = packagesWithoutCaddy();
    var command = new ArrayList<>(List.of(go, "test", "-race", "-json"));
    command.addAll(packages);
    Executables.run("go test -race", command, edge, Map.of("CGO_ENABLED", "1"), race);
  }

  /// Each fuzz target for a short while.
  void fuzz() {
    fuzz.all();
  }

  /// The modules that are linked into the edge: path, version and folder.
  List<String> modules() {
    Path log = logs.resolve("go-modules.log");
    Executables.run(
        "go list -deps",
        List.of(
            go,
            "list",
            "-deps",
            "-f",
            "{{with .Module}}{{.Path}} {{.Version}} {{.Dir}}{{end}}",
            "./cmd/nameplate-edge"),
        edge,
        ENVIRONMENT,
        log);
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> !line.isBlank()).distinct().toList();
    } catch (IOException e) {
      throw new Refusal("go list: " + e, e);
    }
  }

  private List<String> packagesWithoutCaddy() {
    Path log = logs.resolve("go-list.log");
    Executables.run(
        "go list",
        List.of(
            go,
            "list",
            "-f",
            "{{.ImportPath}} {{join .Deps \" \"}} {{join .TestImports \" \"}} {{join .XTestImports"
                + " \" \"}}",
            "./..."),
        edge,
        ENVIRONMENT,
        log);
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> !line.startsWith("go: "))
          .filter(line -> !line.contains("github.com/caddyserver/"))
          .map(line -> Arrays.asList(line.split(" ", 2)).getFirst())
          .toList();
    } catch (IOException e) {
      throw new Refusal("go list: " + e, e);
    }
  }
}
