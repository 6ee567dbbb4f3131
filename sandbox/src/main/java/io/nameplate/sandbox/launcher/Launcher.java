package io.nameplate.sandbox.launcher;

import io.nameplate.sandbox.control.ControlPlace;
import io.nameplate.sandbox.control.SandboxCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `./nameplate`: starts, watches and stops a whole copy of the system on this machine.
///
/// Stdout carries the answer only; what is going on is told on stderr.
@Command(
    name = "nameplate",
    description = "Nameplate on this machine: custom domains, from DNS to HTTPS.",
    mixinStandardHelpOptions = true,
    versionProvider = Launcher.Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      LogsCommand.class,
      ResetCommand.class,
      PartCommands.Start.class,
      PartCommands.Stop.class,
      PartCommands.Kill.class,
      EnvCommand.class,
      BuildCommand.class,
      EdgeCommand.class,
      AppCommands.Teams.class,
      AppCommands.Keys.class,
      AppCommands.Domains.class,
      AppCommands.Clusters.class,
      AppCommands.Nodes.class,
      AppCommands.Rollouts.class,
      AppCommands.Steps.class,
      SandboxCommand.class,
      BenchCommand.class,
      TestCommand.class
    })
public final class Launcher implements ControlPlace {
  @Option(
      names = "--port-offset",
      paramLabel = "N",
      defaultValue = "0",
      scope = ScopeType.INHERIT,
      description = "Added to every port, so that a second copy can run beside the first.")
  private int portOffset;

  private final Path root;
  private final Path stage;
  private final Progress progress;

  Launcher(Path root, Path stage, PrintStream people) {
    this.root = root;
    this.stage = stage;
    this.progress = new Progress(people, InstantSource.system());
  }

  /// Run by the shell script, which says where the checkout and the launcher's own jars are.
  public static void main(String[] arguments) {
    System.exit(
        commandLine(
                new Launcher(
                    Path.of(required("nameplate.root")),
                    Path.of(required("nameplate.stage")),
                    System.err))
            .execute(AppCommands.untouched(arguments)));
  }

  static CommandLine commandLine(Launcher launcher) {
    return new CommandLine(launcher)
        .setExecutionExceptionHandler((failure, line, _) -> {
          if (failure instanceof Refusal || failure instanceof IllegalArgumentException) {
            line.getErr().println("nameplate: " + failure.getMessage());
          } else if (failure instanceof IOException || failure instanceof UncheckedIOException) {
            line.getErr().println("nameplate: " + sentence(failure));
          } else {
            failure.printStackTrace(line.getErr());
          }
          line.getErr().flush();
          return 1;
        });
  }

  /// The message of a file's failure is often its path alone.
  private static String sentence(Throwable failure) {
    return switch (failure) {
      case FileSystemException file when file.getReason() == null ->
          file.getFile() + ": " + file.getClass().getSimpleName();
      case UncheckedIOException unchecked when unchecked.getCause() != null ->
          sentence(unchecked.getCause());
      default -> String.valueOf(failure.getMessage());
    };
  }

  Workspace workspace() {
    return new Workspace(root, new Ports(portOffset).offset());
  }

  Installation installation() {
    return new Installation(workspace(), stage, progress);
  }

  Progress progress() {
    return progress;
  }

  Ports ports() {
    return new Ports(portOffset);
  }

  @Override
  public URI controlUrl() {
    return URI.create(ports().control().url("http"));
  }

  Path stage() {
    return stage;
  }

  private static String required(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(property + " is not set: run ./nameplate");
    }
    return value;
  }

  /// The version in the jar's manifest.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Launcher.class.getPackage().getImplementationVersion();
      return new String[] {"nameplate " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
