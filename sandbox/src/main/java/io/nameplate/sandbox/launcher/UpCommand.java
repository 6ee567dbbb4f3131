package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
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
          + " remembered.",
      "Without --background it stays and watches; Ctrl-C then stops everything."
    })
final class UpCommand implements Callable<Integer> {
  @ParentCommand private Launcher launcher;

  @Option(names = "--background", description = "Return when everything is ready.")
  private boolean background;

  @Override
  public Integer call() throws IOException {
    Workspace workspace = launcher.workspace();
    workspace.create();
    Settings.read(workspace).and(System.getenv()).write(workspace);
    Installation installation = launcher.installation();
    installation.up();
    System.out.print(installation.places().board());
    System.out.flush();
    return background ? 0 : watch(installation);
  }

  /// Tells when a part ends by itself. Ends when all were stopped, or with Ctrl-C, which stops
  /// them.
  private int watch(Installation installation) {
    var down =
        Thread.ofPlatform()
            .unstarted(() -> {
              launcher.progress().say("stopping everything (data is kept)");
              installation.down();
            });
    Runtime.getRuntime().addShutdownHook(down);
    Set<Part> running = EnumSet.allOf(Part.class);
    while (!running.isEmpty()) {
      Pause.of(Duration.ofSeconds(1));
      for (Part part : List.copyOf(running)) {
        if (installation.crew().running(part).isEmpty()) {
          running.remove(part);
          tell(part);
        }
      }
    }
    Runtime.getRuntime().removeShutdownHook(down);
    return 0;
  }

  private void tell(Part part) {
    Workspace workspace = launcher.workspace();
    boolean onPurpose = Pid.read(workspace.pidFile(part)).isEmpty();
    launcher
        .progress()
        .say(
            onPurpose
                ? part + " was stopped"
                : "%s ended by itself; `start %s` starts it again. Its last lines:%n  %s"
                    .formatted(
                        part,
                        part,
                        String.join("\n  ", LogTail.lines(workspace.log(part), 0, 10))));
  }
}
