package io.nameplate.sandbox.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// Commands of an operator, which the app carries out on this copy's database. All that stands
/// behind the verb is the app's, `--help` too; only `--port-offset` is ours.
final class AppCommands {
  private static final Set<String> VERBS =
      Set.of("teams", "keys", "domains", "clusters", "nodes", "rollouts");

  private AppCommands() {}

  /// Puts `--` behind such a verb, and behind `bench` for a bench that has options of its own, so
  /// that no option there is taken for ours.
  static String[] untouched(String... arguments) {
    int verb = 0;
    while (verb < arguments.length && arguments[verb].startsWith("-")) {
      verb += arguments[verb].equals("--port-offset") ? 2 : 1;
    }
    if (verb >= arguments.length || !handsOver(arguments, verb)) {
      return arguments;
    }
    var ours = new ArrayList<>(List.of(arguments).subList(0, verb));
    var theirs = new ArrayList<>(List.of("--"));
    for (int i = verb + 1; i < arguments.length; i++) {
      if (arguments[i].equals("--port-offset") && i + 1 < arguments.length) {
        ours.add(arguments[i]);
        ours.add(arguments[++i]);
      } else if (arguments[i].startsWith("--port-offset=")) {
        ours.add(arguments[i]);
      } else {
        theirs.add(arguments[i]);
      }
    }
    ours.add(arguments[verb]);
    ours.addAll(theirs);
    return ours.toArray(String[]::new);
  }

  private static boolean handsOver(String[] arguments, int verb) {
    return VERBS.contains(arguments[verb])
        || (arguments[verb].equals("bench")
            && verb + 1 < arguments.length
            && BenchCommand.EDGE_ALONE.contains(arguments[verb + 1]));
  }

  private static int handOver(Launcher launcher, String verb, List<String> arguments) {
    var whole = new ArrayList<>(List.of(verb));
    whole.addAll(arguments.isEmpty() ? List.of("--help") : arguments);
    return launcher.installation().operator(whole);
  }

  @Command(
      name = "teams",
      description = "teams add NAME: a new team; prints only its API key (more: teams --help).")
  static final class Teams implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "0..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "teams", arguments);
    }
  }

  @Command(
      name = "keys",
      description = "keys add, keys list, keys revoke: API keys of a team (more: keys --help).")
  static final class Keys implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "0..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "keys", arguments);
    }
  }

  @Command(
      name = "domains",
      description =
          "domains import FILE, domains transfer ID: takes domains over from elsewhere, confirms"
              + " transfers (more: domains --help).")
  static final class Domains implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "0..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "domains", arguments);
    }
  }

  @Command(
      name = "clusters",
      description =
          "clusters add, clusters join-token, clusters resume-orders (more: clusters --help).")
  static final class Clusters implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "0..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "clusters", arguments);
    }
  }

  @Command(
      name = "nodes",
      description =
          "nodes list CLUSTER, nodes drain, undrain, revoke, confirm-removals NODE (more: nodes --help).")
  static final class Nodes implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "0..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "nodes", arguments);
    }
  }

  @Command(
      name = "rollouts",
      description =
          "rollouts policy, list, stop, finish, again CLUSTER: what comes to one node first (more: rollouts --help).")
  static final class Rollouts implements Callable<Integer> {
    @ParentCommand private Launcher launcher;

    @Parameters(arity = "0..*", paramLabel = "ARGUMENT")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
      return handOver(launcher, "rollouts", arguments);
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
