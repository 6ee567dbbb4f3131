package io.nameplate.app;

import io.nameplate.adapters.edge.ListenerIdentity;
import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.addresses.AddressText;
import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoinToken;
import io.nameplate.domains.Hostname;
import io.nameplate.ids.RandomText;
import io.nameplate.ids.UuidV7;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Clusters, from the command line.
@Command(
    name = "clusters",
    mixinStandardHelpOptions = true,
    description = "Adds clusters and lets nodes join.")
final class ClustersCommand {
  private static final Duration TOKEN_LIFE =
      Duration.ofHours(1); // as long as setting a machine up takes

  @Command(
      mixinStandardHelpOptions = true,
      description =
          "Adds a cluster, or changes addresses and ports of the one with this name. Prints its id.")
  int add(
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--zone",
              required = true,
              description =
                  "Zone of the CNAME targets; its wildcard has to point at the addresses.")
          String zone,
      @Option(
              names = "--address",
              required = true,
              split = ",",
              description = "What apex names point at; repeatable.")
          List<String> addresses,
      @Option(names = "--http-port", defaultValue = "80") int httpPort,
      @Option(names = "--https-port", defaultValue = "443") int httpsPort,
      @Option(names = "--team", description = "The team whose own it is; left out, it is shared.")
          @Nullable String team) {
    var checkedZone = zone(zone);
    var checkedAddresses = addresses.stream().map(ClustersCommand::address).distinct().toList();
    checkPort("--http-port", httpPort);
    checkPort("--https-port", httpsPort);
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      var desk = new OperatorDesk(database);
      var owner =
          Optional.ofNullable(team)
              .map(it ->
                  desk.team(it)
                      .orElseThrow(() ->
                          new RefusedException("There is no team named \"%s\".".formatted(it))));
      var now = Instant.now();
      var cluster =
          new Cluster(
              new ClusterId(UuidV7.at(now, new SecureRandom())),
              name,
              owner,
              checkedZone,
              checkedAddresses,
              httpPort,
              httpsPort,
              now);
      System.out.println(desk.addCluster(cluster));
    }
    return 0;
  }

  private static ClusterId id(String shown) {
    try {
      return ClusterId.parse(shown);
    } catch (IllegalArgumentException _) {
      throw new RefusedException("There is no cluster %s.".formatted(shown));
    }
  }

  private static String zone(String typed) {
    var lower = typed.strip().toLowerCase(Locale.ROOT);
    try {
      return new Hostname(lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower)
          .ascii();
    } catch (IllegalArgumentException _) {
      throw new RefusedException(
          "--zone: \"%s\" (expected: a name in ASCII, such as edge.example.net)".formatted(typed));
    }
  }

  private static String address(String typed) {
    return AddressText.parse(typed.strip())
        .map(AddressText::of)
        .orElseThrow(() ->
            new RefusedException(
                "--address: \"%s\" (expected: an IPv4 or IPv6 address)".formatted(typed)));
  }

  private static void checkPort(String option, int port) {
    if (port < 1 || port > 65535) {
      throw new RefusedException("%s: %d (expected: 1 to 65535)".formatted(option, port));
    }
  }

  @Command(
      name = "join-token",
      mixinStandardHelpOptions = true,
      description = "Prints a token with which one node joins the cluster within an hour.")
  int joinToken(
      @Parameters(paramLabel = "NAME", description = "Its name or its id.") String cluster,
      @Option(
              names = "--command",
              description =
                  "Print the whole line to paste on the machine that joins, in a checkout.")
          boolean whole)
      throws IOException {
    var environment = Environment.ofProcess();
    var command = environment.joinCommand();
    if (whole && command.isEmpty()) {
      throw new RefusedException(
          "NAMEPLATE_EDGE_JOIN_OPTIONS has to be set: how nodes reach this installation, such as"
              + " --control https://control.example.net:14001.");
    }
    var pin = ListenerIdentity.in(environment.path("NAMEPLATE_DATA_DIR").resolve("secrets")).pin();
    var token = new JoinToken(RandomText.SECRET.of(32, new SecureRandom()), pin);
    try (var database = new Databases(environment).open(Schema.Login.OPERATOR, 1)) {
      var desk = new OperatorDesk(database);
      desk.addJoinToken(named(desk, cluster), token, Instant.now().plus(TOKEN_LIFE));
    }
    System.out.println(whole ? command.orElseThrow().with(token) : token.shown());
    return 0;
  }

  @Command(
      name = "resume-orders",
      mixinStandardHelpOptions = true,
      description =
          "After a restore: lets certificates be ordered although nodes were not compared with the"
              + " back-up yet.")
  int resumeOrders(
      @Parameters(paramLabel = "NAME", description = "Its name or its id.") String cluster) {
    try (var database = new Databases(Environment.ofProcess()).open(Schema.Login.OPERATOR, 1)) {
      var desk = new OperatorDesk(database);
      System.out.println(resumed(cluster, desk.resumeOrders(named(desk, cluster))));
    }
    return 0;
  }

  static String resumed(String cluster, List<String> nodes) {
    return nodes.isEmpty()
        ? "Orders of %s were not paused.".formatted(cluster)
        : "Certificates are ordered in %s again, within a minute, though nobody knows what these nodes serve: %s."
            .formatted(cluster, String.join(", ", nodes));
  }

  /// The cluster with this name or id.
  static ClusterId named(OperatorDesk desk, String cluster) {
    return cluster.startsWith("clu_")
        ? id(cluster)
        : desk.cluster(cluster)
            .orElseThrow(
                () -> new RefusedException("There is no cluster named \"%s\".".formatted(cluster)));
  }
}
