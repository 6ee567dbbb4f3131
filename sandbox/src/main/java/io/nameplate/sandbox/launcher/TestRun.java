package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/// One run of everything: what is compiled and looked at, then tests of the parts, then the system
/// from outside.
///
/// A check that breaks does not stop the others, so that one run tells all that is wrong. What is
/// heavy does not run beside tests with a browser or a clock in them: compiling goes beside the
/// static checks of Go, unit tests beside Go's tests, tests on real parts alone.
final class TestRun {
  private static final List<String> MODULES =
      List.of(
          "core", "workflows", "adapters", "api", "app", "sdk-java", "ui-vaadin", "sandbox", "e2e");

  private static final List<String> REPORTS =
      List.of("surefire-reports", EndToEnd.SHARED_REPORTS, EndToEnd.LONG_REPORTS);

  /// Pinned: a linter that learns new rules overnight would break a build that nobody touched.
  private static final String OPENAPI_LINTER = "@redocly/cli@2.77.0";

  private final Workspace workspace;
  private final Progress progress;
  private final boolean quick;
  private final Path logs;
  private final Workshop workshop;
  private final EndToEnd endToEnd;

  TestRun(Workspace workspace, Path stage, Progress progress, boolean quick) {
    this.workspace = workspace;
    this.progress = progress;
    this.quick = quick;
    this.workshop = new Workshop(workspace, progress);
    this.logs = workspace.testLogs();
    this.endToEnd = new EndToEnd(workspace, stage, progress, quick);
  }

  /// Runs it and returns the line that counts.
  String all() throws IOException {
    try (var _ =
        Interruption.answeredBy(
            endToEnd::parts,
            () -> {
              progress.say("interrupted: stopping what this run has started");
              endToEnd.abandon();
            })) {
      return gates();
    }
  }

  private String gates() throws IOException {
    Folders.delete(logs);
    Files.createDirectories(logs);
    var gates = new Gates(progress, logs.resolve("gates-passed"));
    progress.say("logs of this run: .nameplate/test");
    var chromium = new AtomicReference<Optional<Path>>(Optional.empty());
    boolean ready =
        gates.check(
            "this machine has what is needed",
            () -> {
              Room.TO_BUILD.require(workspace.data());
              new Disposable(workspace).require();
              chromium.set(new Preflight(workspace, progress).forTest(quick));
              forgetOldReports();
            });
    if (!ready) {
      return Tally.line(Tally.NOTHING, Tally.NOTHING, Tally.NOTHING, 1);
    }
    var go = new GoChecks(workspace, logs);
    List<String> browser =
        chromium.get().map(path -> List.of("-De2e.chromium=" + path)).orElse(List.of());
    boolean compiles = parts(gates, go, browser);
    if (compiles) {
      gates.check("end to end", () -> endToEnd.run(browser));
      gates.check("every test class has run", this::nothingIsMissing);
    }
    keepScreenshots();
    if (!quick) {
      gates.check("promises", () -> promises(go));
    }
    return conclusion(gates, go);
  }

  /// All but the system as a whole.
  ///
  /// @return whether it compiles
  private boolean parts(Gates gates, GoChecks go, List<String> browser) {
    var compiles = new AtomicBoolean();
    Together.run(
        List.of(
            () -> {
              compiles.set(gates.check("Java: format, Error Prone, NullAway, lint", this::compile));
              return null;
            },
            () -> {
              gates.check("OpenAPI lint", this::openApi);
              gates.check("gofmt", go::format);
              gates.check("go vet", go::vet);
              gates.check("staticcheck", go::staticcheck);
              return null;
            }));
    Together.run(
        List.of(
            () -> {
              if (compiles.get()) {
                gates.check(
                    "Java: ArchUnit, unit tests",
                    () -> maven("java-unit", List.of("-T1C", "-fae", "test")));
              }
              return null;
            },
            () -> {
              gates.check("go test", go::test);
              if (!quick) {
                gates.check("go test -race", go::race);
                gates.check("go test -fuzz", go::fuzz);
              }
              return null;
            }));
    if (compiles.get() && !quick) {
      // The whole life cycle: the dashboard's tests run on what is packaged, in the same run.
      var arguments = new ArrayList<>(List.of("-T1C", "-fae", "verify", "-Dunit.skip"));
      arguments.addAll(browser);
      gates.check("Java: tests on real parts", () -> maven("java-it", arguments));
    }
    if (!quick) {
      gates.check("licences", () -> licences(go));
    }
    return compiles.get();
  }

  /// What the browser's tests have seen goes where the logs are.
  private void keepScreenshots() throws IOException {
    for (String module : List.of("ui-vaadin", "e2e")) {
      Path folder = target(module).resolve("screenshots");
      if (Files.isDirectory(folder)) {
        Path kept = Files.createDirectories(logs.resolve("screenshots").resolve(module));
        try (Stream<Path> files = Files.list(folder)) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            Files.copy(file, kept.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
          }
        }
      }
    }
  }

  private String conclusion(Gates gates, GoChecks go) throws IOException {
    Tally java = javaTests();
    Tally e2e =
        Reports.java(target("e2e").resolve(EndToEnd.SHARED_REPORTS))
            .and(Reports.java(target("e2e").resolve(EndToEnd.LONG_REPORTS)));
    if (!gates.broken().isEmpty()) {
      failures(go).forEach(progress::say);
    }
    gates.broken().forEach(name -> progress.say("FAILED: " + name));
    return Tally.line(java, goTests(go), e2e, gatesBesidesTests(gates, java, goTests(go), e2e));
  }

  /// Compiles everything with all checks, packages it, and keeps it for the copies. The one step of
  /// Java that others have to wait for.
  private void compile() {
    var goals = new ArrayList<>(List.of("-T1C", "-fae", "verify", "-Dunit.skip", "-Dit.skip"));
    if (!quick) {
      goals.add("cyclonedx:makeAggregateBom");
    }
    try (var _ = BuildLock.take(workspace.state(), "builds everything for `test`", progress)) {
      workshop.clear();
      maven("java", goals);
      workshop.adopt();
    }
  }

  private void maven(String name, List<String> arguments) {
    new Maven(workspace, progress)
        .run("Maven", name, arguments, Map.of(), logs.resolve(name + ".log"));
  }

  private void nothingIsMissing() {
    try {
      List<String> missing = new TestClasses(workspace.root(), MODULES, REPORTS).missing(quick);
      if (!missing.isEmpty()) {
        throw new Refusal("no report of:%n  %s".formatted(String.join("\n  ", missing)));
      }
    } catch (IOException e) {
      throw new Refusal("the test classes: " + e, e);
    }
  }

  private void licences(GoChecks go) {
    Path java = sbom("java");
    Path edge = sbom("edge");
    try {
      Licences.writeGo(go.modules(), edge);
    } catch (IOException e) {
      throw new Refusal("the edge's bill of materials: " + e, e);
    }
    Licences.check(java);
    Licences.check(edge);
  }

  /// Bills of materials are kept: they belong to what was built.
  private Path sbom(String what) {
    return workspace.root().resolve("target").resolve("sbom-" + what + ".json");
  }

  private void openApi() {
    Executables.run(
        "redocly",
        List.of("npx", "--yes", OPENAPI_LINTER, "lint", "openapi.yaml"),
        workspace.root(),
        Map.of("REDOCLY_TELEMETRY", "off"),
        logs.resolve("openapi-lint.log"));
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
    goResults(go).forEach(file -> command.addAll(List.of("--go", file.toString())));
    Executables.run("promises", command, workspace.root(), Map.of(), logs.resolve("promises.log"));
  }

  private Tally javaTests() throws IOException {
    Tally all = Tally.NOTHING;
    for (String module : MODULES) {
      all = all.and(Reports.java(target(module).resolve("surefire-reports")));
      if (!module.equals("e2e")) {
        all = all.and(Reports.java(target(module).resolve(EndToEnd.SHARED_REPORTS)));
      }
    }
    return all;
  }

  /// Not `go.results()` in a loop: a path is a list of its own parts, too.
  private static Stream<Path> goResults(GoChecks go) {
    return Stream.concat(Stream.of(go.results()).filter(Files::exists), go.resultsAgain().stream());
  }

  private List<String> failures(GoChecks go) throws IOException {
    var all = new ArrayList<String>();
    for (Path results : goResults(go).toList()) {
      try (Stream<String> lines = Files.lines(results)) {
        all.addAll(Failures.go(lines));
      }
    }
    for (String module : MODULES) {
      for (String folder : REPORTS) {
        all.addAll(Failures.java(target(module).resolve(folder)));
      }
    }
    return all;
  }

  private static Tally goTests(GoChecks go) throws IOException {
    Tally all = tally(go.results());
    for (Path again : go.resultsAgain()) {
      // The same tests once more: only what went wrong counts.
      all = all.and(new Tally(0, tally(again).failed(), 0));
    }
    return all;
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
        Folders.delete(target(module).resolve("screenshots"));
        for (String folder : REPORTS) {
          Folders.delete(target(module).resolve(folder));
        }
      }
      Files.deleteIfExists(sbom("java"));
      Files.deleteIfExists(sbom("edge"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path target(String module) {
    return workspace.root().resolve(module).resolve("target");
  }
}
