package io.nameplate.app.worker;

import io.nameplate.app.Environment;
import io.nameplate.workflows.StepNames;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Runs workflows and their steps until it is asked to end.
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description = "Runs workflows and their steps.")
public final class WorkerCommand implements Callable<Integer> {
  @Option(names = "--steps", description = "Print the names of all steps, one a line, and end.")
  private boolean steps;

  @Override
  public Integer call() throws Exception {
    if (steps) {
      StepNames.all().forEach(System.out::println);
      return 0;
    }
    try (var worker = new Worker(Environment.ofProcess())) {
      worker.runUntilAskedToEnd();
    }
    return 0;
  }
}
