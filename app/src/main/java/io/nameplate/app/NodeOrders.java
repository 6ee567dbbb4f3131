package io.nameplate.app;

import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.OperatorNodes;
import io.nameplate.adapters.postgres.OperatorNodes.KnownNode;
import io.nameplate.adapters.postgres.OperatorNodes.Settled;
import io.nameplate.adapters.postgres.OperatorNodes.Word;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.NodeId;
import io.nameplate.domains.DueDomains;
import io.nameplate.edge.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What an operator orders of nodes, and what is said to it; what cannot be done is a
/// [RefusedException].
record NodeOrders(OperatorDesk desk, OperatorNodes nodes, DueDomains due) {
  private static final List<String> HEADER =
      List.of(
          "NAME",
          "ID",
          "STATE",
          "POSITION",
          "CLUSTER AT",
          "HELD",
          "DIFFERS",
          "VERSION",
          "POLICY",
          "ACKED");

  /// A line for each node of a cluster, under one that says what is what.
  List<String> list(String cluster, Instant now) {
    var rows = new ArrayList<List<String>>();
    rows.add(HEADER);
    nodes.of(cluster(desk, cluster)).forEach(node -> rows.add(row(node, now)));
    var widths = new int[HEADER.size()];
    for (var row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static List<String> row(KnownNode known, Instant now) {
    var node = known.node();
    return List.of(
        node.name(),
        node.id().toString(),
        known.state(now).name().toLowerCase(Locale.ROOT),
        node.position().map(Position::toString).orElse("-"),
        known.wanted().toString(),
        Long.toString(node.heldRemovals()),
        node.differsSince().isPresent() ? "yes" : "no",
        printable(node.version()),
        known.policy() == 0 ? "-" : Long.toString(known.policy()),
        node.acked().map(acked -> age(Duration.between(acked, now))).orElse("never"));
  }

  private static String line(List<String> row, int[] widths) {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }

  private static String age(Duration age) {
    if (age.toDays() > 0) {
      return age.toDays() + "d ago";
    }
    if (age.toHours() > 0) {
      return age.toHours() + "h ago";
    }
    return age.toMinutes() > 0
        ? age.toMinutes() + "m ago"
        : Math.max(0, age.toSeconds()) + "s ago"; // the two clocks may differ
  }

  /// Says a word about a node, and makes its cluster's domains due where that changes whom they
  /// wait for.
  String settle(String node, Optional<String> cluster, Word word) {
    var known = find(node, cluster);
    var settled =
        nodes
            .settle(known.node().id(), word)
            .orElseThrow(() -> new RefusedException("There is no node %s.".formatted(node)));
    var name = shown(known);
    return switch (settled.outcome()) {
      case DONE -> {
        due.hasten(known.node().cluster());
        yield done(name, known.cluster(), word, settled);
      }
      case UNCHANGED ->
          word == Word.DRAIN ? name + " is drained already." : name + " was not drained.";
      case LAST ->
          throw new RefusedException(
              "%s is the last node of %s that receives traffic, and is not drained: let another join, or undrain one, first."
                  .formatted(name, known.cluster()));
      case REVOKED ->
          switch (word) {
            case REVOKE -> name + " is revoked already.";
            case DRAIN, UNDRAIN -> throw new RefusedException(name + " is revoked.");
          };
      case JOINING -> throw new RefusedException(name + " has not joined yet.");
    };
  }

  private static String done(String name, String cluster, Word word, Settled settled) {
    return switch (word) {
      case REVOKE ->
          """
          %s is revoked: within a minute the control plane cuts it off, and it says that it is not ready.
          It serves what it holds until it is stopped: take it out of DNS or the balancer, and stop it.
          %s\
          """
              .formatted(name, revoked(cluster, settled));
      case DRAIN ->
          """
          %s is drained: take it out of DNS or the balancer now, and stop it when its visitors are gone.
          It goes on following changes; the served domains of %s (%d) no longer wait for it, but for %s.\
          """
              .formatted(name, cluster, settled.domains(), others(settled));
      case UNDRAIN ->
          """
          %s is no longer drained: put it back into DNS or the balancer.
          The served domains of %s (%d) wait for it too, and are looked at within seconds.\
          """
              .formatted(name, cluster, settled.domains());
    };
  }

  private static String revoked(String cluster, Settled settled) {
    return settled.others() == 0
        ? "No node of %s is left that receives traffic: changes to its served domains (%d) reach nobody until one joins."
            .formatted(cluster, settled.domains())
        : "The served domains of %s (%d) no longer wait for it, but for %s."
            .formatted(cluster, settled.domains(), others(settled));
  }

  private static String others(Settled settled) {
    return settled.others() == 1
        ? "the one other node"
        : "the %d other nodes".formatted(settled.others());
  }

  /// Confirms as many removals as a node reports that it holds back.
  String confirmRemovals(String node, Optional<String> cluster) {
    var known = find(node, cluster);
    var name = shown(known);
    var held = known.node().heldRemovals();
    if (held == 0) {
      throw new RefusedException(name + " holds no removals back.");
    }
    if (nodes.confirmRemovals(known.node().id(), held).isEmpty()) {
      throw new RefusedException(name + " is not joined.");
    }
    return "%d removals are confirmed: %s carries them out within ten minutes. If it holds more by then, all stay held."
        .formatted(held, name);
  }

  private KnownNode find(String node, Optional<String> cluster) {
    var inside = cluster.map(name -> cluster(desk, name));
    var found =
        id(node)
            .map(id -> nodes.find(id).stream().toList())
            .orElseGet(() -> nodes.named(node))
            .stream()
            .filter(known -> inside.map(known.node().cluster()::equals).orElse(true))
            .toList();
    if (found.isEmpty()) {
      throw new RefusedException(
          "There is no node %s%s.".formatted(node, cluster.map(" in "::concat).orElse("")));
    }
    if (found.size() > 1) {
      throw new RefusedException(
          "Several clusters have a node %s; say --cluster: %s."
              .formatted(
                  node, found.stream().map(KnownNode::cluster).collect(Collectors.joining(", "))));
    }
    return found.getFirst();
  }

  /// A node's own word, on its way to a terminal.
  static String printable(String word) {
    return word.replaceAll("[^\\x21-\\x7e]", "?");
  }

  /// The cluster with a name or an id.
  static ClusterId cluster(OperatorDesk desk, String nameOrId) {
    return desk.cluster(nameOrId)
        .or(() -> clusterId(nameOrId).filter(desk::hasCluster))
        .orElseThrow(() -> new RefusedException("There is no cluster %s.".formatted(nameOrId)));
  }

  private static Optional<ClusterId> clusterId(String text) {
    try {
      return Optional.of(ClusterId.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<NodeId> id(String text) {
    try {
      return Optional.of(NodeId.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static String shown(KnownNode known) {
    return "%s (%s)".formatted(known.node().name(), known.node().id());
  }
}
