package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.nameplate.adapters.postgres.OperatorNodes;
import io.nameplate.adapters.postgres.OperatorNodes.Word;
import io.nameplate.adapters.postgres.OperatorRollouts;
import io.nameplate.api.edge.EdgeListener;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoinToken;
import io.nameplate.clusters.NodeId;
import io.nameplate.ids.RandomText;
import io.nameplate.rollouts.Rollout;
import io.nameplate.rollouts.Terms;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// One node first: policies and builds, from the nodes' and the operator's side, over real mutual
/// TLS and on a real database. Each test has a cluster of its own. Time passes by moving the rows
/// back.
class RolloutsIT {
  private static Installation installation;
  private static EdgeListener listener;
  private static OperatorRollouts rollouts;
  private static RolloutOrders orders;

  @BeforeAll
  static void begin() throws IOException {
    installation = Installation.begin();
    listener = installation.edgeListener();
    rollouts = new OperatorRollouts(installation.operator);
    orders =
        new RolloutOrders(installation.desk, new OperatorNodes(installation.operator), rollouts);
  }

  @AfterAll
  static void end() {
    listener.close();
    installation.close();
  }

  @Test
  void bringsAPolicyToOneNodeFirstAndToTheOthersWhenItStood() {
    var fleet = new Fleet("first");
    assertThat(fleet.a.acks(0, 0).path("revision").asLong()).isZero();
    assertThat(fleet.limits("500", null))
        .startsWith("a has it first: max connections per source 500");

    assertThat(fleet.b.acks(1_000, 10).path("revision").asLong()).isZero();
    var told = fleet.a.acks(1_000, 10);
    assertThat(told.path("revision").asLong()).isEqualTo(1);
    assertThat(told.path("max_connections_per_source").asInt()).isEqualTo(500);
    assertThat(told.has("max_unknown_per_second")).isFalse();
    assertThat(fleet.why()).isEqualTo("a has not taken it up yet.");
    fleet.a.follows(1);
    assertThat(fleet.why()).isEqualTo("a has taken it up.");

    fleet.b.acks(2_000, 20);
    fleet.a.acks(2_000, 20);
    assertThat(fleet.why())
        .endsWith(
            "of 10 min have passed. At a 10 of 1000 tries (1.0 %) failed, at the others 10 of 1000 tries (1.0 %).");
    assertThat(fleet.b.acks(2_000, 20).path("revision").asLong()).isZero();
    fleet.pass(Duration.ofMinutes(10));
    fleet.a.acks(2_000, 20);
    assertThat(fleet.newest().state()).isEqualTo(Rollout.State.DONE);
    assertThat(fleet.b.acks(2_000, 20).path("revision").asLong()).isEqualTo(1);
    assertThat(fleet.c.acks(0, 0).path("max_connections_per_source").asInt()).isEqualTo(500);
    assertThat(orders.list("first"))
        .first()
        .isEqualTo("All nodes: max connections per source 500, max unknown per second default");
  }

  @Test
  void takesAPolicyBackWhenFailuresBecomeMoreFrequentThanElsewhere() {
    var fleet = new Fleet("worse");
    fleet.limits("9000", null);
    fleet.a.acks(0, 0);
    fleet.a.follows(1);
    fleet.pass(Duration.ofMinutes(10));
    fleet.a.acks(500, 0);
    assertThat(fleet.newest().state()).isEqualTo(Rollout.State.DONE);

    fleet.limits("2", "7");
    assertThat(fleet.a.acks(500, 0).path("max_connections_per_source").asInt()).isEqualTo(2);
    fleet.a.follows(2);
    fleet.b.acks(600, 0);
    var told = fleet.a.acks(600, 6);
    assertThat(told.path("revision").asLong()).isEqualTo(1);
    assertThat(told.path("max_connections_per_source").asInt()).isEqualTo(9000);
    assertThat(told.has("max_unknown_per_second")).isFalse();
    assertThat(fleet.newest().state()).isEqualTo(Rollout.State.STOPPED);
    var reason = "At a 6 of 100 tries (6.0 %) failed, at the others 0 of 600 tries (0.0 %).";
    assertThat(fleet.why()).isEqualTo(reason);
    assertThat(orders.list("worse")).contains("   " + reason);
    assertThat(fleet.b.acks(600, 0).path("revision").asLong()).isEqualTo(1);
  }

  @Test
  void countsThroughRestartsAndNotWhatAnOlderProcessStillSays() {
    var fleet = new Fleet("restarted");
    fleet.a.acks(1_000, 100);
    fleet.limits("500", null);
    fleet.a.follows(1);
    var before = fleet.a.started;
    fleet.a.started = before.plusSeconds(60);
    fleet.a.acks(40, 1);
    var after = fleet.a.started;
    fleet.a.started = before;
    fleet.a.acks(9_000, 900);
    fleet.a.started = after;
    fleet.a.acks(50, 2);
    assertThat(fleet.why()).contains("At a 2 of 50 tries (4.0 %) failed");
  }

  @Test
  void stopsWhenTheFirstNodeFallsSilentAndNotWhenAllWereUnheard() {
    var fleet = new Fleet("silent");
    fleet.limits("500", null);
    fleet.a.follows(1);
    fleet.pass(Duration.ofMinutes(5)); // nobody was heard: the control plane was away
    fleet.b.acks(0, 0);
    assertThat(fleet.newest().state()).isEqualTo(Rollout.State.WATCHING);
    fleet.run(
        "update rollout set seen_from = seen_from - interval '2 minutes', looked_at = now() - interval '20 seconds'");
    fleet.b.acks(0, 0);
    assertThat(fleet.newest().state()).isEqualTo(Rollout.State.STOPPED);
    assertThat(fleet.why()).startsWith("a has not been heard of for");
  }

  @Test
  void bringsABuildToOneNodeAndLetsTheOthersWaitForIt() {
    var fleet = new Fleet("build");
    fleet.acks();
    assertThat(fleet.b.asks("0.2.0").path("answer").asText()).isEqualTo("go");
    assertThat(fleet.b.asks("0.2.0").path("answer").asText()).as("asked again").isEqualTo("go");
    assertThat(fleet.a.asks("0.2.0").path("answer").asText()).isEqualTo("wait");
    assertThat(fleet.a.asks("0.1.0").path("answer").asText()).as("what it runs").isEqualTo("go");
    refused(() -> fleet.limits("500", null), "b has not taken it up yet.");
    fleet.b.version = "0.2.0";
    fleet.b.acks(0, 0);
    fleet.a.acks(600, 0);
    fleet.b.acks(600, 0);
    assertThat(fleet.a.asks("0.2.0").path("why").asText()).startsWith("b runs 0.2.0 first. ");
    fleet.pass(Duration.ofMinutes(10));
    fleet.b.acks(600, 0);
    assertThat(fleet.a.asks("0.2.0").path("answer").asText()).isEqualTo("go");
  }

  @Test
  void keepsABuildThatFailsFromTheOthersAndLeavesTheWayBackOpen() {
    var fleet = new Fleet("bad-build");
    fleet.acks();
    fleet.a.asks("0.3.0");
    fleet.a.version = "0.3.0";
    fleet.a.acks(0, 0);
    fleet.b.acks(600, 0);
    fleet.a.acks(30, 30);
    var told = fleet.b.asks("0.3.0");
    assertThat(told.path("answer").asText()).isEqualTo("stop");
    assertThat(told.path("why").asText())
        .isEqualTo(
            "0.3.0 did not stand at a: At a 30 of 30 tries (100.0 %) failed, at the others 0 of 600 tries (0.0 %).");
    assertThat(fleet.a.asks("0.1.0").path("answer").asText()).isEqualTo("go");
    assertThat(orders.list("bad-build").getLast()).endsWith("Put 0.1.0 back on a.");
    assertThat(orders.again("bad-build")).startsWith("a has it first once more");
    assertThat(fleet.b.asks("0.3.0").path("answer").asText()).isEqualTo("wait");
    assertThat(orders.finish("bad-build")).isEqualTo("All nodes of bad-build may have rollout 2.");
    assertThat(fleet.b.asks("0.3.0").path("answer").asText()).isEqualTo("go");
  }

  @Test
  void followsAnOperatorsWordAndKeepsItsTrace() {
    var fleet = new Fleet("words");
    refused(() -> orders.stop("words"), "words has had no rollout.");
    fleet.limits("500", null);
    refused(() -> fleet.limits("600", null), "a has not taken it up yet.");
    assertThat(orders.stop("words"))
        .isEqualTo("Rollout 1 is stopped: a goes back within half a minute.");
    refused(() -> orders.stop("words"), "Rollout 1 is over: An operator stopped it.");
    assertThat(fleet.a.acks(0, 0).path("revision").asLong()).isZero();
    refused(() -> fleet.limits("default", null), "max unknown per second default.");
    assertThat(orders.finish("words")).isEqualTo("All nodes of words may have rollout 1.");
    assertThat(fleet.b.acks(0, 0).path("max_connections_per_source").asInt()).isEqualTo(500);
    refused(() -> orders.finish("words"), "Before: An operator stopped it.");
    refused(() -> orders.again("words"), "Rollout 1 was not stopped, so it cannot begin again.");
    assertThat(fleet.trace())
        .containsExactly(
            "insert rollout watching", "update rollout stopped", "update rollout done");
  }

  @Test
  void choosesANodeThatReceivesTrafficOrTheOneThatWasNamed() {
    var fleet = new Fleet("chosen");
    var nodes = new OperatorNodes(installation.operator);
    nodes.settle(fleet.a.id, Word.DRAIN);
    refused(
        () ->
            orders.policy(
                "chosen", limits("500", null), Optional.of("a"), Terms.DEFAULT, Instant.now()),
        "a does not have everything and receive traffic, so it cannot be first.",
        "a");
    assertThat(fleet.limits("500", null)).startsWith("b has it first");
    orders.stop("chosen");
    assertThat(
            orders.policy(
                "chosen", limits("400", null), Optional.of("c"), Terms.DEFAULT, Instant.now()))
        .startsWith("c has it first");
    nodes.settle(fleet.c.id, Word.REVOKE);
    fleet.run("update rollout set looked_at = now() - interval '5 seconds'");
    fleet.b.acks(0, 0);
    assertThat(fleet.why()).isEqualTo("c was revoked.");
  }

  @Test
  void showsANodeNothingOfAnotherClustersRollouts() {
    var here = new Fleet("here");
    var there = new Fleet("there");
    here.acks();
    there.acks();
    here.limits("500", null);
    assertThat(there.a.acks(0, 0).path("revision").asLong()).isZero();
    assertThat(there.a.asks("0.9.0").path("answer").asText()).isEqualTo("go");
    assertThat(there.b.asks("0.9.0").path("answer").asText()).isEqualTo("wait");
    assertThat(here.newest().number()).isEqualTo(1);
    assertThat(here.b.asks("0.9.0").path("why").asText()).startsWith("Rollout 1 of the cluster");
    assertThat(
            new EdgeNode(listener.uri(), installation.identity.pin())
                .post("/edge/v1/upgrades", "{\"build\":\"0.9.0\"}")
                .problem())
        .isEqualTo("node-unknown");
  }

  private static void refused(Callable<?> order, String end) {
    refused(order, end, "");
  }

  private static void refused(Callable<?> order, String end, String start) {
    assertThatThrownBy(order::call)
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith(start)
        .hasMessageEndingWith(end);
  }

  private static RolloutOrders.Limits limits(
      @Nullable String connections, @Nullable String unknown) {
    return new RolloutOrders.Limits(
        Optional.ofNullable(connections).map(RolloutOrders.Limit::parse),
        Optional.ofNullable(unknown).map(RolloutOrders.Limit::parse));
  }

  /// Three joined nodes of a cluster without names.
  private static final class Fleet {
    final String name;
    final ClusterId cluster;
    final Member a;
    final Member b;
    final Member c;

    Fleet(String name) {
      this.name = name;
      cluster = installation.cluster(name, Optional.empty(), "192.0.2.1");
      a = new Member(cluster, "a");
      b = new Member(cluster, "b");
      c = new Member(cluster, "c");
      acks();
    }

    void acks() {
      for (var member : List.of(a, b, c)) {
        member.acks(0, 0);
      }
    }

    /// Orders limits, after all nodes have been heard of.
    String limits(@Nullable String connections, @Nullable String unknown) {
      List.of(a, b, c).forEach(Member::acksAgain);
      return orders.policy(
          name,
          RolloutsIT.limits(connections, unknown),
          Optional.empty(),
          Terms.DEFAULT,
          Instant.now());
    }

    Rollout newest() {
      return rollouts.of(cluster, 1).getFirst();
    }

    String why() {
      return newest().why();
    }

    /// As if that much time had gone by since anything happened.
    void pass(Duration time) {
      var seconds = time.toSeconds() + " seconds'";
      run(
          "update rollout set begun_at = begun_at - interval '%1$s, taken_up_at = taken_up_at - interval '%1$s, looked_at = looked_at - interval '%1$s, seen_from = seen_from - interval '%1$s"
              .formatted(seconds));
      execute(
          "update node set acked_at = acked_at - interval '%s where cluster_id = '%s'"
              .formatted(seconds, cluster.uuid()));
    }

    /// Does something to this cluster's rollouts.
    void run(String update) {
      execute(update + " where cluster_id = '%s' and state = 'watching'".formatted(cluster.uuid()));
    }

    private static void execute(String sql) {
      installation.admin.inNoTeam(connection -> {
        try (var statement = connection.prepareStatement(sql)) {
          return statement.executeUpdate();
        }
      });
    }

    List<String> trace() {
      return installation.operator.inNoTeam(connection -> {
        var lines = new ArrayList<String>();
        try (var select =
            connection.prepareStatement(
                "select action || ' ' || (detail ->> 'state') from operator_audit"
                    + " where detail ->> 'cluster_id' = ? and action like '%rollout' order by id")) {
          select.setString(1, cluster.uuid().toString());
          try (var row = select.executeQuery()) {
            while (row.next()) {
              lines.add(row.getString(1));
            }
          }
        }
        return lines;
      });
    }
  }

  /// A node that reports what it is told to.
  private static final class Member {
    final NodeId id;
    private final EdgeNode node = new EdgeNode(listener.uri(), installation.identity.pin());
    private long tries;
    private long failures;
    private long policy;
    Instant started = Instant.parse("2026-11-01T00:00:00Z");
    String version = "0.1.0";

    Member(ClusterId cluster, String name) {
      var token =
          new JoinToken(RandomText.SECRET.of(32, new SecureRandom()), installation.identity.pin());
      installation.desk.addJoinToken(cluster, token, Instant.now().plus(Duration.ofHours(1)));
      var request = EdgeNode.joinRequest(token.shown(), name, "csr of " + name + cluster);
      var reply = node.withoutCertificate("POST", "/edge/v1/join", request);
      id = NodeId.parse(reply.body().path("node_id").asText());
      node.admittedBy(installation, id);
    }

    /// Reports its sums; what it is told to follow.
    JsonNode acks(long tries, long failures) {
      this.tries = tries;
      this.failures = failures;
      var reply =
          node.ack(
              "1.0",
              "0".repeat(16),
              ack -> {
                ack.put("version", version).put("started_at", started.toString());
                ack.put("tries", tries).put("failures", failures).put("policy", policy);
              });
      assertThat(reply.status()).isEqualTo(200);
      return reply.body().path("policy");
    }

    /// Takes a policy up and says so.
    void follows(long revision) {
      policy = revision;
      acksAgain();
    }

    void acksAgain() {
      acks(tries, failures);
    }

    JsonNode asks(String build) {
      var reply = node.post("/edge/v1/upgrades", "{\"build\":\"" + build + "\"}");
      assertThat(reply.status()).isEqualTo(200);
      return reply.body();
    }
  }
}
