package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "up",
    description = {
      "Builds what is missing, starts what is not running, and says where everything is.",
      "Settings of docs/configuration.md in the environment (NAMEPLATE_…) are handed on and"
          + " remembered; an empty value forgets one.",
      "Without --background it stays and watches; Ctrl-C then stops everything."
    })
final class UpCommand implements Callable<Integer> {
  @ParentCommand private Launcher launcher;

  @Option(names = "--background", description = "Return when everything is ready.")
  private boolean background;

  @Option(
      names = "--disposable",
      hidden = true,
      description = "The data is a test's: programs may delete it.")
  private boolean disposable;

  @Override
  public Integer call() throws IOException {
    Workspace workspace = launcher.workspace();
    Room.TO_RUN.require(workspace.data());
    Installation installation = launcher.installation();
    try (var _ = CopyLock.take(workspace, "up", launcher.progress())) {
      if (disposable) {
        new Disposable(workspace).declare(System.getenv().getOrDefault(Disposable.RUN, "by hand"));
      }
      workspace.create();
      Settings.ignored(System.getenv()).forEach(launcher.progress()::say);
      Settings.read(workspace).and(System.getenv()).write(workspace);
      new Preflight(workspace, launcher.progress()).forUp();
      try (var _ =
          Interruption.answeredBy(
              installation::launchedPids,
              () -> {
                launcher.progress().say("interrupted: stopping what was started");
                installation.abandon();
              })) {
        installation.up();
      }
    }
    System.out.print(installation.places().board());
    System.out.flush();
    return background ? 0 : watch(installation);
  }

  /// Tells when a part was stopped, and ends with 1 when one ended by itself; the others go on.
  /// Ends with 0 when all were stopped, or with Ctrl-C, which stops them.
  private int watch(Installation installation) {
    try (var _ =
        Interruption.answeredBy(
            installation::launchedPids,
            () -> {
              launcher.progress().say("stopping everything (data is kept)");
              try (var _ = CopyLock.take(launcher.workspace(), "down", launcher.progress())) {
                installation.down();
              }
            })) {
      Crew crew = installation.crew();
      Set<Part> watched = EnumSet.allOf(Part.class);
      do {
        for (Part part : Part.values()) {
          if (crew.running(part).isPresent()) {
            if (watched.add(part)) {
              launcher.progress().say(part + " was started again");
            }
          } else if (watched.contains(part)) {
            if (crashed(crew, part)) {
              return 1;
            }
            if (crew.running(part).isEmpty()) {
              watched.remove(part);
              launcher.progress().say(part + " was stopped");
            }
          }
        }
        Pause.of(Duration.ofSeconds(1));
      } while (!watched.isEmpty());
    }
    return 0;
  }

  /// Looks once more when no command is at work on the copy: between the end of a part and the
  /// moment it is written down as stopped, a stop looks like a crash.
  private boolean crashed(Crew crew, Part part) {
    try (var _ = CopyLock.take(launcher.workspace(), "up, watching", launcher.progress())) {
      if (!crew.crashed(part)) {
        return false;
      }
    }
    launcher
        .progress()
        .say(
            "%s ended by itself. The last lines of %s:%n%s"
                .formatted(part, launcher.workspace().log(part), crew.lastWords(part, 12)));
    launcher
        .progress()
        .say(
            "the others go on: `up` or `start %s` starts it again, `down` stops everything"
                .formatted(part));
    return true;
  }
}
