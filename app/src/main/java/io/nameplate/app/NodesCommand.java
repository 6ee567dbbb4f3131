package io.nameplate.app;

import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.OperatorNodes;
import io.nameplate.adapters.postgres.OperatorNodes.Word;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.adapters.postgres.lifecycle.PostgresDueDomains;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Nodes, from the command line.
@Command(
    name = "nodes",
    mixinStandardHelpOptions = true,
    description = "Lists, drains and revokes edge nodes, and lets held removals go.")
final class NodesCommand {
  private static final String ID_OR_NAME = "Its id, nod_…, or its name.";
  private static final String WHICH = "The cluster that the name is of, where two have it.";

  @Command(
      mixinStandardHelpOptions = true,
      description =
          "Lists a cluster's nodes: name, id, state, position beside the cluster's, removals held"
              + " back, whether its digest differs, version, policy,"
              + " age of the last ack.")
  int list(
      @Parameters(paramLabel = "CLUSTER", description = "Its name or its id.") String cluster) {
    return print(orders -> String.join("\n", orders.list(cluster, Instant.now())));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Ends a node's access for ever: within a minute the control plane cuts it off.")
  int revoke(
      @Parameters(paramLabel = "NODE", description = ID_OR_NAME) String node,
      @Option(names = "--cluster", description = WHICH) @Nullable String cluster) {
    return print(orders -> orders.settle(node, Optional.ofNullable(cluster), Word.REVOKE));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Takes a node out: no domain waits for it any longer.")
  int drain(
      @Parameters(paramLabel = "NODE", description = ID_OR_NAME) String node,
      @Option(names = "--cluster", description = WHICH) @Nullable String cluster) {
    return print(orders -> orders.settle(node, Optional.ofNullable(cluster), Word.DRAIN));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Takes a drained node back: domains wait for it again.")
  int undrain(
      @Parameters(paramLabel = "NODE", description = ID_OR_NAME) String node,
      @Option(names = "--cluster", description = WHICH) @Nullable String cluster) {
    return print(orders -> orders.settle(node, Optional.ofNullable(cluster), Word.UNDRAIN));
  }

  @Command(
      name = "confirm-removals",
      mixinStandardHelpOptions = true,
      description = "Lets a node carry out the removals that it holds back, as many as it reports.")
  int confirmRemovals(
      @Parameters(paramLabel = "NODE", description = ID_OR_NAME) String node,
      @Option(names = "--cluster", description = WHICH) @Nullable String cluster) {
    return print(orders -> orders.confirmRemovals(node, Optional.ofNullable(cluster)));
  }

  private static int print(Function<NodeOrders, String> order) {
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      System.out.println(
          order.apply(
              new NodeOrders(
                  new OperatorDesk(database),
                  new OperatorNodes(database),
                  new PostgresDueDomains(database))));
    }
    return 0;
  }
}
