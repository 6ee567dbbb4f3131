package io.nameplate.sandbox.launcher;

import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "down", description = "Stops exactly what was started. Data is kept.")
final class DownCommand implements Callable<Integer> {
  @ParentCommand private Launcher launcher;

  @Override
  public Integer call() {
    if (Files.exists(launcher.workspace().data())) {
      try (var _ = CopyLock.take(launcher.workspace(), "down", launcher.progress())) {
        launcher.installation().down();
      }
    }
    return 0;
  }
}
