package io.nameplate.rollouts;

import io.nameplate.clusters.NodeId;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Whether a node may go over to a build.
public sealed interface Permission {
  /// A sentence for whoever upgrades the node.
  String why();

  /// It may.
  record Go(String why) implements Permission {}

  /// It may, and is the first of its cluster: a rollout begins with it.
  record Begin(String why) implements Permission {}

  /// Not yet.
  record Wait(String why) implements Permission {}

  /// No: the build did not stand.
  record Stop(String why) implements Permission {}

  /// What a node is told that wants to run a build.
  ///
  /// @param node who asks
  /// @param runs what it runs now
  /// @param build what it wants to run
  /// @param rollouts of its cluster: the one that is watched, if any, the newest of this build, and
  ///   the newest of all builds
  static Permission of(NodeId node, String runs, String build, List<Rollout> rollouts) {
    if (build.equals(runs)) {
      return new Go("The node runs %s already.".formatted(build));
    }
    if (build.equals(way(rollouts))) {
      return new Go("%s is what the cluster ran before.".formatted(build));
    }
    for (var rollout : rollouts) {
      if (rollout.state() == Rollout.State.WATCHING) {
        return watched(rollout, node, build);
      }
    }
    return rollouts.stream()
        .filter(rollout -> brings(rollout, build))
        .max(Comparator.comparingLong(Rollout::number))
        .map(rollout -> ended(rollout, build))
        .orElseGet(() ->
            new Begin(
                "No node of the cluster has run %s: this one is the first, and the others wait for it."
                    .formatted(build)));
  }

  /// What the newest build came from.
  private static String way(List<Rollout> rollouts) {
    return rollouts.stream()
        .sorted(Comparator.comparingLong(Rollout::number).reversed())
        .flatMap(rollout ->
            switch (rollout.change()) {
              case Change.Build build -> Stream.of(build.before());
              case Change.Policy _ -> Stream.<String>empty();
            })
        .findFirst()
        .orElse("");
  }

  private static boolean brings(Rollout rollout, String build) {
    return switch (rollout.change()) {
      case Change.Build brought -> brought.version().equals(build);
      case Change.Policy _ -> false;
    };
  }

  private static Permission watched(Rollout rollout, NodeId node, String build) {
    if (!brings(rollout, build)) {
      return new Wait(
          "Rollout %d of the cluster is not over: %s".formatted(rollout.number(), rollout.why()));
    }
    return rollout.first().equals(node)
        ? new Go("The node is the first of its cluster to run %s.".formatted(build))
        : new Wait("%s runs %s first. %s".formatted(rollout.firstName(), build, rollout.why()));
  }

  private static Permission ended(Rollout rollout, String build) {
    return switch (rollout.state()) {
      case DONE -> new Go("%s stood at %s.".formatted(build, rollout.firstName()));
      case STOPPED ->
          new Stop(
              "%s did not stand at %s: %s".formatted(build, rollout.firstName(), rollout.why()));
      case WATCHING -> throw new IllegalStateException("a watched rollout has not ended");
    };
  }
}
