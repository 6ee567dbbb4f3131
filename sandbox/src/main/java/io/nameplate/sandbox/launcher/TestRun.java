package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// One run of everything: static checks and unit tests of Java and Go side by side, then the system
/// from outside.
///
/// A check that breaks does not stop the others, so that one run tells all that is wrong.
final class TestRun {
  private static final List<String> MODULES =
      List.of(
          "core", "workflows", "adapters", "api", "app", "sdk-java", "ui-vaadin", "sandbox", "e2e");

  /// Pinned: a linter that learns new rules overnight would break a build that nobody touched.
  private static final String OPENAPI_LINTER = "@redocly/cli@2.77.0";

  private final Workspace workspace;
  private final Path stage;
  private final Progress progress;
  private final boolean quick;
  private final Path logs;
  private final Workshop workshop;

  TestRun(Workspace workspace, Path stage, Progress progress, boolean quick) {
    this.workspace = workspace;
    this.stage = stage;
    this.progress = progress;
    this.quick = quick;
    this.workshop = new Workshop(workspace, progress);
    this.logs = workspace.state().resolve("test");
  }

  /// Runs it and returns the line that counts.
  String all() throws IOException {
    Folders.delete(logs);
    Files.createDirectories(logs);
    forgetOldReports();
    var gates = new Gates(progress, logs.resolve("gates-passed"));
    var go = new GoChecks(workspace, logs);
    progress.say("logs of this run: .nameplate/test");
    // First: the dashboard's own tests need it too, and a new machine has none.
    Path chromium = new Chromium(progress, logs.resolve("chromium.log")).get();
    Together.run(
        List.of(
            () -> {
              java(gates, chromium);
              return null;
            },
            () -> {
              others(gates, go);
              return null;
            }));
    if (!quick) {
      gates.check("licences", () -> licences(go));
    }
    Tally java = javaTests();
    gates.check("end to end", () -> endToEnd(chromium));
    Tally e2e = Reports.java(target("e2e").resolve("failsafe-reports"));
    if (!quick) {
      gates.check("promises", () -> promises(go));
    }
    gates.broken().forEach(name -> progress.say("FAILED: " + name));
    return Tally.line(java, goTests(go), e2e, gatesBesidesTests(gates, java, goTests(go), e2e));
  }

  private void java(Gates gates, Path chromium) {
    gates.check(
        "Java: format, Error Prone, NullAway, lint, ArchUnit, tests",
        () -> maven(javaGoals(chromium), "java"));
  }

  private List<String> javaGoals(Path chromium) {
    return quick
        ? List.of("-T1C", "-fae", "-Dit.skip=true")
        : List.of("-T1C", "-fae", "-De2e.chromium=" + chromium, "cyclonedx:makeAggregateBom");
  }

  private void licences(GoChecks go) {
    Path java = workspace.root().resolve("target/sbom-java.json");
    Path edge = logs.resolve("sbom-edge.json");
    try {
      Licences.writeGo(go.modules(), edge);
    } catch (IOException e) {
      throw new Refusal("the edge's bill of materials: " + e, e);
    }
    Licences.check(java);
    Licences.check(edge);
  }

  private void others(Gates gates, GoChecks go) {
    gates.check("OpenAPI lint", this::openApi);
    gates.check("gofmt", go::format);
    gates.check("go vet", go::vet);
    gates.check("staticcheck", go::staticcheck);
    gates.check("go test", go::test);
    if (!quick) {
      gates.check("go test -race", go::race);
    }
  }

  private void maven(List<String> arguments, String name) {
    var command =
        new ArrayList<>(
            List.of(workspace.root().resolve("mvnw").toString(), "-B", "-ntp", "verify"));
    command.addAll(arguments);
    try (var _ = BuildLock.take(workspace.state(), progress)) {
      workshop.clear();
      Executables.run(
          "Maven",
          command,
          workspace.root(),
          Map.of("JAVA_HOME", System.getProperty("java.home")),
          logs.resolve(name + ".log"));
      workshop.adopt();
    }
  }

  private void openApi() {
    if (Executables.onPath("npx").isEmpty()) {
      throw new Refusal("the OpenAPI linter needs Node 20 or later: apt-get install nodejs npm");
    }
    Executables.run(
        "redocly",
        List.of("npx", "--yes", OPENAPI_LINTER, "lint", "openapi.yaml"),
        workspace.root(),
        Map.of("REDOCLY_TELEMETRY", "off"),
        logs.resolve("openapi-lint.log"));
  }

  /// Brings a copy up with what the Java run has just built, and lets the tests use it as people
  /// do.
  private void endToEnd(Path chromium) {
    var installation = new Installation(workspace, stage, progress);
    installation.down();
    try {
      Folders.delete(workspace.data());
      workspace.create();
      installation.make(EnumSet.allOf(Build.class));
      installation.up();
      var arguments =
          new ArrayList<>(
              List.of(
                  "-pl",
                  "e2e",
                  "-am",
                  "-Dunit.skip=true",
                  "-Dit.skip=true",
                  "-De2e.skip=false",
                  "-De2e.port-offset=" + workspace.offset(),
                  "-De2e.chromium=" + chromium));
      if (quick) {
        arguments.add("-De2e.groups=quick");
      }
      maven(arguments, "e2e");
    } catch (IOException e) {
      throw new Refusal("the copy for the tests: " + e, e);
    } finally {
      installation.down();
    }
  }

  private void promises(GoChecks go) {
    Path jars = Build.BENCH.result(workspace);
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                jars + "/*",
                "io.nameplate.e2e.promises.PromiseCheck",
                workspace.root().resolve("docs/promises.md").toString(),
                "--gates",
                logs.resolve("gates-passed").toString()));
    for (String module : MODULES) {
      command.addAll(List.of("--java", target(module).toString()));
    }
    go.results().stream()
        .filter(Files::exists)
        .forEach(file -> command.addAll(List.of("--go", file.toString())));
    Executables.run("promises", command, workspace.root(), Map.of(), logs.resolve("promises.log"));
  }

  private Tally javaTests() throws IOException {
    Tally all = Tally.NOTHING;
    for (String module : MODULES) {
      all = all.and(Reports.java(target(module).resolve("surefire-reports")));
      if (!module.equals("e2e")) {
        all = all.and(Reports.java(target(module).resolve("failsafe-reports")));
      }
    }
    return all;
  }

  private static Tally goTests(GoChecks go) throws IOException {
    Tally all = tally(go.results().getFirst());
    Tally race = tally(go.results().getLast());
    // The same tests once more: only what went wrong counts.
    return all.and(new Tally(0, race.failed(), 0));
  }

  private static Tally tally(Path results) throws IOException {
    if (!Files.exists(results)) {
      return Tally.NOTHING;
    }
    try (Stream<String> lines = Files.lines(results)) {
      return Reports.go(lines);
    }
  }

  /// Gates that broke without a test that failed: those are counted by their tests.
  private static int gatesBesidesTests(Gates gates, Tally java, Tally go, Tally e2e) {
    var counted = new ArrayList<String>();
    if (java.failed() > 0) {
      counted.add("Java");
    }
    if (go.failed() > 0) {
      counted.add("go test");
    }
    if (e2e.failed() > 0) {
      counted.add("end to end");
    }
    return (int)
        gates.broken().stream()
            .filter(name -> counted.stream().noneMatch(name::startsWith))
            .count();
  }

  private void forgetOldReports() {
    try {
      for (String module : MODULES) {
        Folders.delete(target(module).resolve("surefire-reports"));
        Folders.delete(target(module).resolve("failsafe-reports"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path target(String module) {
    return workspace.root().resolve(module).resolve("target");
  }
}
