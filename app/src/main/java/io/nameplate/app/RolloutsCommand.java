package io.nameplate.app;

import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.OperatorNodes;
import io.nameplate.adapters.postgres.OperatorRollouts;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.rollouts.Terms;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Rollouts, from the command line.
@Command(
    name = "rollouts",
    mixinStandardHelpOptions = true,
    description =
        "Changes the limits of a cluster's edge nodes, one node first, and shows how such changes and"
            + " new builds stand.")
final class RolloutsCommand {
  private static final String WHICH = "Its name or its id.";

  @Command(
      mixinStandardHelpOptions = true,
      description =
          "Gives limits to one node, and to the others when it has had no more failures than they.")
  int policy(
      @Parameters(paramLabel = "CLUSTER", description = WHICH) String cluster,
      @Option(
              names = "--max-connections-per-source",
              paramLabel = "N",
              description = "In place of the nodes' flag; 0: no limit; \"default\": the flag's.")
          @Nullable String connections,
      @Option(names = "--max-unknown-per-second", paramLabel = "N", description = "Likewise.")
          @Nullable String unknown,
      @Option(
              names = "--first",
              paramLabel = "NODE",
              description = "The node that has them first; else the first by name.")
          @Nullable String first,
      @Option(
              names = "--minutes",
              defaultValue = "10",
              description = "How long it has to run them (${DEFAULT-VALUE}).")
          int minutes,
      @Option(
              names = "--tries",
              defaultValue = "500",
              description = "How many tries of visitors it has to see (${DEFAULT-VALUE}).")
          long tries,
      @Option(
              names = "--margin",
              paramLabel = "PERCENT",
              defaultValue = "1",
              description = "How many per cent more may fail (${DEFAULT-VALUE}).")
          BigDecimal margin) {
    var limits =
        new RolloutOrders.Limits(
            Optional.ofNullable(connections).map(RolloutOrders.Limit::parse),
            Optional.ofNullable(unknown).map(RolloutOrders.Limit::parse));
    var terms = terms(minutes, tries, margin);
    return print(
        orders -> orders.policy(cluster, limits, Optional.ofNullable(first), terms, Instant.now()));
  }

  private static Terms terms(int minutes, long tries, BigDecimal margin) {
    try {
      return new Terms(Duration.ofMinutes(minutes), tries, perMille(margin));
    } catch (IllegalArgumentException e) {
      throw new RefusedException(String.valueOf(e.getMessage()));
    }
  }

  private static int perMille(BigDecimal margin) {
    try {
      return margin.movePointRight(1).intValueExact();
    } catch (ArithmeticException _) {
      throw new RefusedException(
          "--margin: %s (expected: per cent, to one decimal place)".formatted(margin));
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Lists a cluster's rollouts, newest first, each with how it stands and why.")
  int list(@Parameters(paramLabel = "CLUSTER", description = WHICH) String cluster) {
    return print(orders -> String.join("\n", orders.list(cluster)));
  }

  @Command(mixinStandardHelpOptions = true, description = "Takes back what is watched.")
  int stop(@Parameters(paramLabel = "CLUSTER", description = WHICH) String cluster) {
    return print(orders -> orders.stop(cluster));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Lets all nodes have what is watched or was stopped last, whatever was seen.")
  int finish(@Parameters(paramLabel = "CLUSTER", description = WHICH) String cluster) {
    return print(orders -> orders.finish(cluster));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Begins once more, on the same node, what was stopped last.")
  int again(@Parameters(paramLabel = "CLUSTER", description = WHICH) String cluster) {
    return print(orders -> orders.again(cluster));
  }

  private static int print(Function<RolloutOrders, String> order) {
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      System.out.println(
          order.apply(
              new RolloutOrders(
                  new OperatorDesk(database),
                  new OperatorNodes(database),
                  new OperatorRollouts(database))));
    }
    return 0;
  }
}
