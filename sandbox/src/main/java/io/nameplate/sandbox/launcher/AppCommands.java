package io.nameplate.sandbox.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Commands of an operator, which the app carries out on this copy's database.
final class AppCommands {
  private AppCommands() {}

  private static int handOver(Launcher launcher, String verb, List<String> arguments) {
    var whole = new ArrayList<String>();
    whole.add(verb);
    whole.addAll(arguments);
    String output = launcher.installation().operator(whole.toArray(String[]::new));
    if (!output.isEmpty()) {
      System.out.println(output);
    }
    return 0;
  }

  @Command(name = "teams", description = "teams add NAME: a new team; prints only its API key.")
  static final class Teams implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "1..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "teams", arguments);
    }
  }

  @Command(
      name = "domains",
      description =
          "domains transfer ID: confirms that a name goes to the claim that asked for it.")
  static final class Domains implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "1..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "domains", arguments);
    }
  }

  @Command(name = "clusters", description = "Clusters, as the app's own command has them.")
  static final class Clusters implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "1..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "clusters", arguments);
    }
  }

  @Command(name = "nodes", description = "Nodes, as the app's own command has them.")
  static final class Nodes implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "1..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "nodes", arguments);
    }
  }

  @Command(
      name = "steps",
      description = "Prints the names of all steps of the life cycle, for planned faults.")
  static final class Steps implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Override
    public Integer call() {
      return handOver(launcher, "worker", List.of("--steps"));
    }
  }
}
