package io.nameplate.sandbox.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "down", description = "Stops exactly what was started. Data is kept.")
final class DownCommand implements Callable<Integer> {
  @ParentCommand private Launcher launcher;

  @Override
  public Integer call() {
    launcher.installation().down();
    return 0;
  }
}
