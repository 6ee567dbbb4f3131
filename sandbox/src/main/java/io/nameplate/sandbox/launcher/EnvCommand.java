package io.nameplate.sandbox.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "env",
    description = "Prints where everything is: shell assignments for eval, or one JSON object.")
final class EnvCommand implements Callable<Integer> {
  @ParentCommand private Launcher launcher;

  @Option(names = "--json", description = "As JSON, for scripts.")
  private boolean json;

  @Override
  public Integer call() {
    Places places = launcher.installation().places();
    System.out.println(json ? places.json() : places.shell());
    return 0;
  }
}
