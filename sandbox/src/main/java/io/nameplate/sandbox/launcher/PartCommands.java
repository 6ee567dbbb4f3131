package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Commands on one part. The others go on.
final class PartCommands {
  private PartCommands() {}

  @Command(name = "start", description = "Starts one part and waits until it is ready.")
  static final class Start implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(paramLabel = "PART", converter = PartConverter.class)
    private Part part;

    @Override
    public Integer call() throws IOException {
      Workspace workspace = launcher.workspace();
      Room.TO_RUN.require(workspace.data());
      Installation installation = launcher.installation();
      try (var _ = CopyLock.take(workspace, "start " + part, launcher.progress());
          var _ =
              Interruption.answeredBy(installation::launchedPids, () -> installation.abandon())) {
        workspace.create();
        installation.start(part);
      }
      return 0;
    }
  }

  @Command(
      name = "stop",
      description = "Asks one part to finish and end. It stays down until it is started.")
  static final class Stop implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(paramLabel = "PART", converter = PartConverter.class)
    private Part part;

    @Override
    public Integer call() {
      if (!Files.exists(launcher.workspace().data())) {
        launcher.progress().say(part + " was not running");
        return 0;
      }
      try (var _ = CopyLock.take(launcher.workspace(), "stop " + part, launcher.progress())) {
        boolean ran = launcher.installation().stop(part);
        launcher.progress().say(ran ? "stopped " + part : part + " was not running");
      }
      return 0;
    }
  }

  @Command(name = "kill", description = "kill -9 of one part.")
  static final class Kill implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(paramLabel = "PART", converter = PartConverter.class)
    private Part part;

    @Override
    public Integer call() {
      boolean ran = launcher.installation().kill(part);
      launcher.progress().say(ran ? "killed " + part : part + " was not running");
      return 0;
    }
  }
}
