package io.nameplate.app;

import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.OperatorNodes;
import io.nameplate.adapters.postgres.OperatorNodes.KnownNode;
import io.nameplate.adapters.postgres.OperatorNodes.State;
import io.nameplate.adapters.postgres.OperatorRollouts;
import io.nameplate.clusters.ClusterId;
import io.nameplate.rollouts.Change;
import io.nameplate.rollouts.EdgePolicy;
import io.nameplate.rollouts.Rollout;
import io.nameplate.rollouts.Terms;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// What an operator orders of rollouts, and what is said to it; what cannot be done is a
/// [RefusedException].
record RolloutOrders(OperatorDesk desk, OperatorNodes nodes, OperatorRollouts rollouts) {
  private static final int SHOWN = 20;

  /// Limits to be set anew; one that is null stays as it stands.
  record Limits(Optional<Limit> maxConnectionsPerSource, Optional<Limit> maxUnknownPerSecond) {
    private EdgePolicy over(EdgePolicy standing) {
      return new EdgePolicy(
          maxConnectionsPerSource.map(Limit::number).orElse(standing.maxConnectionsPerSource()),
          maxUnknownPerSecond.map(Limit::number).orElse(standing.maxUnknownPerSecond()));
    }
  }

  /// A limit as it is typed.
  ///
  /// @param number empty: as each node was started
  record Limit(Optional<Integer> number) {
    static Limit parse(String typed) {
      if (typed.equals("default")) {
        return new Limit(Optional.empty());
      }
      try {
        var number = Integer.parseInt(typed);
        if (number >= 0) {
          return new Limit(Optional.of(number));
        }
      } catch (NumberFormatException _) {
        throw refused(typed);
      }
      throw refused(typed);
    }

    private static RefusedException refused(String typed) {
      return new RefusedException(
          "\"%s\" (expected: a whole number from 0 on, 0 being no limit, or \"default\")"
              .formatted(typed));
    }
  }

  /// Begins to roll limits out to a cluster.
  ///
  /// @param node which has them first; empty: the first by name that has everything and receives
  ///   traffic
  String policy(String cluster, Limits limits, Optional<String> node, Terms terms, Instant now) {
    var id = NodeOrders.cluster(desk, cluster);
    var standing = rollouts.standing(id);
    var policy = limits.over(standing);
    if (policy.equals(standing)) {
      throw new RefusedException("Nothing is to be changed: %s.".formatted(shown(policy)));
    }
    var candidates =
        nodes.of(id).stream().filter(known -> known.state(now) == State.JOINED).toList();
    var first =
        node.map(wanted -> named(candidates, wanted))
            .orElseGet(() -> candidates.stream().findFirst())
            .orElseThrow(() ->
                new RefusedException(
                    "%s does not have everything and receive traffic, so it cannot be first."
                        .formatted(node.orElse("Any node of " + cluster))));
    if (!rollouts.begin(id, policy, first.node().id(), terms)) {
      throw new RefusedException(
          "Another rollout of %s is not over: %s".formatted(cluster, watchedWhy(id)));
    }
    return "%s has it first: %s. The others follow when it stood; see `rollouts list %s`."
        .formatted(first.node().name(), shown(policy), cluster);
  }

  private static Optional<KnownNode> named(List<KnownNode> candidates, String wanted) {
    return candidates.stream()
        .filter(known ->
            known.node().name().equals(wanted) || known.node().id().toString().equals(wanted))
        .findFirst();
  }

  private String watchedWhy(ClusterId cluster) {
    return rollouts.of(cluster, 1).stream().map(Rollout::why).findFirst().orElse("");
  }

  /// A cluster's newest rollouts, two lines for each: what it is, and how it stands.
  List<String> list(String cluster) {
    var lines = new ArrayList<String>();
    var id = NodeOrders.cluster(desk, cluster);
    lines.add("All nodes: " + shown(rollouts.standing(id)));
    for (var rollout : rollouts.of(id, SHOWN)) {
      lines.add(
          "%d  %s  %s, first on %s, begun %s%s"
              .formatted(
                  rollout.number(),
                  rollout.state().name().toLowerCase(Locale.ROOT),
                  shown(rollout.change()),
                  rollout.firstName(),
                  rollout.begun(),
                  rollout.ended().map(ended -> ", ended " + ended).orElse("")));
      lines.add("   " + rollout.why() + wayBack(rollout));
    }
    return lines;
  }

  /// A build cannot be taken back from here.
  private static String wayBack(Rollout rollout) {
    return rollout.state() == Rollout.State.STOPPED
            && rollout.change() instanceof Change.Build build
        ? " Put %s back on %s.".formatted(NodeOrders.printable(build.before()), rollout.firstName())
        : "";
  }

  private static String shown(Change change) {
    return switch (change) {
      case Change.Policy(var policy) -> "policy (%s)".formatted(shown(policy));
      case Change.Build build -> "build " + NodeOrders.printable(build.version());
    };
  }

  private static String shown(EdgePolicy policy) {
    Function<Optional<Integer>, String> word =
        limit -> limit.map(String::valueOf).orElse("default");
    return "max connections per source %s, max unknown per second %s"
        .formatted(
            word.apply(policy.maxConnectionsPerSource()), word.apply(policy.maxUnknownPerSecond()));
  }

  /// Takes back what is watched.
  String stop(String cluster) {
    var id = NodeOrders.cluster(desk, cluster);
    var newest = newest(cluster, id);
    if (newest.state() != Rollout.State.WATCHING
        || !rollouts.end(
            id,
            newest.number(),
            Rollout.State.WATCHING,
            Rollout.State.STOPPED,
            "An operator stopped it.")) {
      throw over(newest);
    }
    return "Rollout %d is stopped: %s"
        .formatted(
            newest.number(),
            switch (newest.change()) {
              case Change.Policy _ -> newest.firstName() + " goes back within half a minute.";
              case Change.Build build ->
                  "put %s back on %s."
                      .formatted(NodeOrders.printable(build.before()), newest.firstName());
            });
  }

  /// Lets all nodes have what is watched, or was stopped last.
  String finish(String cluster) {
    var id = NodeOrders.cluster(desk, cluster);
    var newest = newest(cluster, id);
    if (newest.state() == Rollout.State.DONE
        || !rollouts.end(
            id,
            newest.number(),
            newest.state(),
            Rollout.State.DONE,
            "An operator let all nodes have it. Before: " + newest.why())) {
      throw over(newest);
    }
    return "All nodes of %s may have rollout %d.".formatted(cluster, newest.number());
  }

  /// Begins once more what was stopped last.
  String again(String cluster) {
    var id = NodeOrders.cluster(desk, cluster);
    var newest = newest(cluster, id);
    if (newest.state() != Rollout.State.STOPPED || !rollouts.again(id, newest.number())) {
      throw new RefusedException(
          "Rollout %d was not stopped, so it cannot begin again.".formatted(newest.number()));
    }
    return "%s has it first once more; see `rollouts list %s`."
        .formatted(newest.firstName(), cluster);
  }

  private Rollout newest(String cluster, ClusterId id) {
    return rollouts.of(id, 1).stream()
        .findFirst()
        .orElseThrow(() -> new RefusedException("%s has had no rollout.".formatted(cluster)));
  }

  private static RefusedException over(Rollout rollout) {
    return new RefusedException(
        "Rollout %d is over: %s".formatted(rollout.number(), rollout.why()));
  }
}
