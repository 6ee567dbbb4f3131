package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/// The part of a test run that uses the system from outside, in copies that are gone afterwards.
final class EndToEnd {
  /// Where the reports of tests in the shared copy are, below the module's `target`.
  static final String SHARED_REPORTS = "failsafe-reports";

  /// The same of scenarios in copies of their own.
  static final String LONG_REPORTS = "failsafe-reports-long";

  /// Scenarios side by side, each in a copy of its own, beside the shared one: with one more, two
  /// processors are so busy that what people may expect within a minute takes longer.
  private static final int LONG_AT_ONCE = 2;

  /// A test run that hangs ends with a failure that says so.
  private static final Duration LONGEST = Duration.ofMinutes(35);

  private final Workspace workspace;
  private final Path stage;
  private final Progress progress;
  private final boolean quick;
  private final Path logs;
  private final String run;
  private final Installation installation;

  EndToEnd(Workspace workspace, Path stage, Progress progress, boolean quick) {
    this.workspace = workspace;
    this.stage = stage;
    this.progress = progress;
    this.quick = quick;
    this.logs = workspace.testLogs();
    Pid own = Pid.of(ProcessHandle.current().pid(), "");
    this.run = own.number() + "/" + own.began();
    this.installation = new Installation(workspace, stage, progress);
  }

  /// Brings a copy up with what has just been built, and lets the tests use it as people do.
  /// Scenarios that stop or kill parts, or take long, run beside it in copies of their own.
  void run(List<String> browser) {
    try {
      installation.make(EnumSet.allOf(Build.class));
      try (var _ = CopyLock.take(workspace, "test", progress)) {
        new Disposable(workspace).require();
        installation.down();
        workspace.deleteData();
        new Disposable(workspace).declare(run);
        installation.up();
      }
      install();
      List<Callable<Void>> work = new ArrayList<>();
      work.add(() -> {
        maven("e2e", shared(browser));
        return null;
      });
      if (!quick) {
        work.add(() -> {
          maven("e2e-long", scenarios(browser));
          return null;
        });
      }
      Together.run(work);
    } catch (IOException e) {
      throw new Refusal("the copy for the tests: " + e, e);
    } finally {
      removeCopies();
    }
  }

  /// Ends what it has begun, when a person or the system ends the run.
  void abandon() {
    installation.abandon();
    removeCopies();
  }

  /// The processes of the shared copy.
  Set<Long> parts() {
    return installation.launchedPids();
  }

  private void maven(String name, List<String> arguments) {
    new Maven(workspace, progress)
        .run("Maven", name, arguments, Map.of(Disposable.RUN, run), logs.resolve(name + ".log"));
  }

  private List<String> shared(List<String> browser) {
    var arguments = failsafe(SHARED_REPORTS);
    arguments.add("-De2e.port-offset=" + workspace.offset());
    if (quick) {
      arguments.add("-De2e.groups=quick");
    }
    arguments.addAll(browser);
    return arguments;
  }

  private List<String> scenarios(List<String> browser) {
    var arguments = failsafe(LONG_REPORTS);
    arguments.addAll(
        List.of(
            "-De2e.groups=long",
            "-De2e.excluded-groups=",
            "-DforkCount=" + LONG_AT_ONCE,
            "-DreuseForks=false"));
    arguments.addAll(browser);
    return arguments;
  }

  /// Only the goals that run tests: nothing is compiled or packaged, so that two of these do not
  /// write the same files. What the tests need of ours is where [#install] put it.
  private List<String> failsafe(String reports) {
    var arguments =
        new ArrayList<>(
            List.of(
                "-pl",
                "e2e",
                "failsafe:integration-test@integration",
                "failsafe:verify@integration",
                "-De2e.skip=false",
                "-De2e.reports=" + reports,
                "-Dfailsafe.timeout=" + LONGEST.toSeconds()));
    arguments.addAll(repositories());
    return arguments;
  }

  /// Puts our own modules into a repository of this checkout's, for goals that run without the life
  /// cycle around them.
  private void install() {
    var arguments =
        new ArrayList<>(
            List.of(
                "-pl",
                "e2e",
                "-am",
                "install",
                "-Dunit.skip",
                "-Dit.skip",
                "-Dspotless.check.skip",
                "-De2e.skip=true"));
    arguments.addAll(repositories());
    try (var _ = BuildLock.take(workspace.state(), "packages what `test` needs", progress)) {
      maven("e2e-install", arguments);
    }
  }

  /// What others published stays in the person's own repository.
  private List<String> repositories() {
    Path usual = Path.of(System.getProperty("user.home"), ".m2", "repository");
    return List.of(
        "-Dmaven.repo.local=" + workspace.state().resolve("m2"),
        "-Dmaven.repo.local.tail=" + usual);
  }

  /// Stops and deletes every copy that this run has made, also one whose test was killed.
  private void removeCopies() {
    try {
      for (Workspace copy : Disposable.ofRun(workspace.root(), run)) {
        try (var _ = CopyLock.take(copy, "test, removing its copies", progress)) {
          new Installation(copy, stage, progress).down();
          new Disposable(copy).delete(Optional.of(logs));
        }
      }
    } catch (IOException e) {
      throw new Refusal("copies of this run are left behind: " + e, e);
    }
  }
}
