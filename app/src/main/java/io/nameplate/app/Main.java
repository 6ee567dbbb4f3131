package io.nameplate.app;

import io.nameplate.adapters.postgres.DatabaseException;
import io.nameplate.app.worker.WorkerCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The program: every role of the control plane, and what an operator does from the command line.
@Command(
    name = "nameplate",
    description = "Custom domains for the customers of a SaaS product.",
    mixinStandardHelpOptions = true,
    versionProvider = Release.class,
    subcommands = {
      MigrateCommand.class,
      ServeCommand.class,
      TeamsCommand.class,
      ClustersCommand.class,
      DomainsCommand.class,
      WorkerCommand.class
    })
public final class Main {
  private Main() {}

  /// Exit codes: 0 done, 1 failed, 2 asked wrongly.
  static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    var line = new CommandLine(new Main());
    tellVersion(line);
    return line.setExecutionExceptionHandler((exception, line, _) -> {
      if (exception instanceof ConfigurationException
          || exception instanceof DatabaseException
          || exception instanceof RefusedException) {
        line.getErr().println(exception.getMessage());
        return CommandLine.ExitCode.SOFTWARE;
      }
      throw exception;
    });
  }

  /// Every command is of the same release.
  private static void tellVersion(CommandLine line) {
    line.getCommandSpec().versionProvider(new Release());
    line.getSubcommands().values().forEach(Main::tellVersion);
  }
}
