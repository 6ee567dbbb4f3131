package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(name = "build", description = "Builds and fetches what `up` needs, and starts nothing.")
final class BuildCommand implements Callable<Integer> {
  @ParentCommand private Launcher launcher;

  @Override
  public Integer call() throws IOException {
    launcher.workspace().create();
    launcher.installation().make(EnumSet.complementOf(EnumSet.of(Build.BENCH, Build.EDGE_BENCH)));
    return 0;
  }
}
