package io.nameplate.e2e.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./nameplate bench NAME`. Exit code 0 when every goal is met, 3 when one is not or could not be
/// measured.
@Command(
    name = "bench",
    description = "Measures, and prints the figures as one JSON object on the last line.",
    subcommands = {ActivateBench.class, ChangeBench.class, FeedBench.class})
public final class BenchMain {
  /// The exit code of a bench that ran and missed a goal.
  static final int UNMET = 3;

  private BenchMain() {}

  /// Runs the bench that the arguments name.
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchMain()).execute(arguments));
  }
}
