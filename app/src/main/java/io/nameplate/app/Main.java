package io.nameplate.app;

import io.nameplate.adapters.postgres.DatabaseException;
import io.nameplate.app.worker.WorkerCommand;
import io.nameplate.record.RecordUnavailableException;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
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
      KeysCommand.class,
      NodesCommand.class,
      RolloutsCommand.class,
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
    return line.setExecutionExceptionHandler((exception, at, _) -> {
      var expected = expected(exception);
      if (expected.isEmpty()) {
        throw exception;
      }
      at.getErr().println(expected.get());
      return CommandLine.ExitCode.SOFTWARE;
    });
  }

  /// Every command is of the same release.
  private static void tellVersion(CommandLine line) {
    line.getCommandSpec().versionProvider(new Release());
    line.getSubcommands().values().forEach(Main::tellVersion);
  }

  /// The line that says all there is to say; empty for a bug, which shows where it is.
  private static Optional<String> expected(Exception exception) {
    return switch (exception) {
      case ConfigurationException e -> firstLine(e);
      case RefusedException e -> firstLine(e);
      case DatabaseException e -> firstLine(e);
      case RecordUnavailableException e -> firstLine(e);
      case FlywayException e -> firstLine(e);
      default -> Optional.empty();
    };
  }

  private static Optional<String> firstLine(Exception exception) {
    return String.valueOf(exception.getMessage())
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst();
  }
}
