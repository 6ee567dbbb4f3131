package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nameplate.adapters.postgres.OperatorNodes;
import io.nameplate.adapters.postgres.OperatorNodes.Word;
import io.nameplate.adapters.postgres.PostgresEdgeFeed;
import io.nameplate.adapters.postgres.lifecycle.PostgresDueDomains;
import io.nameplate.adapters.postgres.lifecycle.PostgresNodes;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.NodeId;
import io.nameplate.domains.DomainId;
import io.nameplate.edge.NodeState;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the operator orders of nodes, on a real database. Each test has a cluster of its own, at
/// revision 0 until a name is served in it.
class NodesIT {
  private static Installation installation;
  private static Installation.Team team;
  private static Client client;
  private static Claims claims;
  private static NodeOrders orders;

  @BeforeAll
  static void begin() {
    installation = Installation.begin();
    team = installation.team("acme");
    client = new Client(installation.server.uri(), team.key());
    claims = new Claims(installation);
    orders =
        new NodeOrders(
            installation.desk,
            new OperatorNodes(installation.operator),
            new PostgresDueDomains(installation.operator));
  }

  @AfterAll
  static void end() {
    installation.close();
  }

  @Test
  void listsHowEachNodeOfAClusterStands() {
    var cluster = cluster("listed");
    served(cluster, "listed.customer.de");
    var current = node(cluster, "a", "epoch = 1, revision = 1, held_removals = 150");
    node(cluster, "b", "epoch = 1, revision = 0, differs_since = now()");
    node(cluster, "c", "epoch = 1, revision = 1, acked_at = now() - interval '2 hours'");
    node(cluster, "d", "epoch = 1, revision = 1, expected = false");
    node(cluster, "e", "state = 'joining', acked_at = null, version = E'1\\x1b[2J'");
    node(cluster, "aa", "state = 'revoked', epoch = 1, revision = 1");

    var lines = orders.list("listed", Instant.now()).stream().map(NodesIT::words).toList();
    assertThat(lines.getFirst()).startsWith("NAME", "ID", "STATE", "POSITION").endsWith("ACKED");
    assertThat(lines.get(1))
        .startsWith("a", current.toString(), "joined", "1.1", "1.1", "150", "no", "0.1.0");
    assertThat(lines.stream().skip(1).map(line -> line.get(0) + " " + line.get(2)))
        .containsExactly(
            "a joined", "b behind", "c silent", "d draining", "e joining", "aa revoked");
    assertThat(lines.stream().skip(1).map(line -> line.get(6)))
        .containsExactly("no", "yes", "no", "no", "no", "no");
    assertThat(lines.get(3)).endsWith("2h", "ago");
    assertThat(lines.get(5)).startsWith("e").contains("-", "1?[2J").endsWith("never");
    assertThat(orders.list(cluster.toString(), Instant.now())).hasSameSizeAs(lines);
    refused(() -> orders.list("nowhere", Instant.now()), "There is no cluster nowhere.");
  }

  @Test
  void drainsANodeSoThatDomainsNoLongerWaitForIt() {
    var cluster = cluster("drained");
    var domain = served(cluster, "drained.customer.de");
    var a = node(cluster, "drained-a", "epoch = 1, revision = 1");
    node(cluster, "drained-b", "epoch = 1, revision = 1");

    assertThat(orders.settle("drained-a", Optional.empty(), Word.DRAIN))
        .startsWith("drained-a (" + a + ") is drained: take it out of DNS or the balancer")
        .contains("the served domains of drained (1) no longer wait for it")
        .endsWith("the one other node.");
    assertThat(expected(cluster)).containsExactly("drained-b");
    assertThat(dueWithinSeconds(domain)).as("so that a degraded one heals").isTrue();
    assertThat(orders.settle(a.toString(), Optional.empty(), Word.DRAIN))
        .endsWith("is drained already.");

    notDueForAnHour(domain);
    assertThat(orders.settle("drained-a", Optional.of("drained"), Word.UNDRAIN))
        .contains("put it back into DNS or the balancer");
    assertThat(expected(cluster)).containsExactly("drained-a", "drained-b");
    assertThat(dueWithinSeconds(domain)).isTrue();
    assertThat(orders.settle("drained-a", Optional.empty(), Word.UNDRAIN))
        .endsWith("was not drained.");
    assertThat(trace(a))
        .containsExactly(
            "drain node done",
            "drain node unchanged",
            "undrain node done",
            "undrain node unchanged");
  }

  @Test
  void neverDrainsTheLastNodeThatReceivesTraffic() throws InterruptedException, ExecutionException {
    var cluster = cluster("last");
    var a = node(cluster, "last-a", "epoch = 1");
    var b = node(cluster, "last-b", "epoch = 1");
    node(cluster, "last-c", "state = 'joining'");
    node(cluster, "last-d", "state = 'revoked'");

    var drained = new ArrayList<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<String> drainA = () -> drained("last-a");
      Callable<String> drainB = () -> drained("last-b");
      for (var said : threads.invokeAll(List.of(drainA, drainB))) {
        drained.add(said.get());
      }
    }
    assertThat(drained).filteredOn(said -> said.contains("is drained")).hasSize(1);
    assertThat(drained)
        .filteredOn(said ->
            said.contains("is the last node of last that receives traffic, and is not drained"))
        .hasSize(1);
    assertThat(expected(cluster)).hasSize(1);
    var both = new ArrayList<>(trace(a));
    both.addAll(trace(b));
    assertThat(both).containsExactlyInAnyOrder("drain node done", "drain node last");
    refused(() -> orders.settle("last-c", Optional.empty(), Word.DRAIN), "has not joined yet.");
  }

  @Test
  void revokesANodeAndSaysWhatBecomesOfDomains() {
    var cluster = cluster("revoked");
    var domain = served(cluster, "revoked.customer.de");
    var a = node(cluster, "revoked-a", "epoch = 1");
    var b = node(cluster, "revoked-b", "epoch = 1");

    assertThat(orders.settle("revoked-a", Optional.empty(), Word.REVOKE))
        .contains("within a minute the control plane cuts it off", "stop it")
        .endsWith("no longer wait for it, but for the one other node.");
    assertThat(expected(cluster)).containsExactly("revoked-b");
    assertThat(dueWithinSeconds(domain)).isTrue();
    assertThat(new PostgresEdgeFeed(installation.edge).revokedAmong(Set.of(a, b)))
        .containsExactly(a);
    refused(
        () -> orders.settle("revoked-a", Optional.empty(), Word.DRAIN),
        "There is no node revoked-a.");
    refused(() -> orders.settle(a.toString(), Optional.empty(), Word.UNDRAIN), "is revoked.");
    assertThat(orders.settle(a.toString(), Optional.empty(), Word.REVOKE))
        .endsWith("is revoked already.");
    assertThat(orders.settle("revoked-b", Optional.empty(), Word.REVOKE))
        .as("a stolen one cannot wait for another")
        .contains("No node of revoked is left that receives traffic");
    assertThat(trace(a))
        .containsExactly("revoke node done", "undrain node revoked", "revoke node revoked");
  }

  @Test
  void confirmsAsManyRemovalsAsANodeReports() {
    var cluster = cluster("held");
    var a = node(cluster, "held-a", "epoch = 1, held_removals = 150");
    var b = node(cluster, "held-b", "epoch = 1");

    assertThat(orders.confirmRemovals("held-a", Optional.empty()))
        .startsWith("150 removals are confirmed: held-a (" + a + ")");
    assertThat(
            texts(
                "select removals_confirmed || ' ' || (removals_confirmed_until > now()) from node where id = '%s'"
                    .formatted(a.uuid())))
        .containsExactly("150 true");
    refused(
        () -> orders.confirmRemovals(b.toString(), Optional.empty()), "holds no removals back.");
    orders.settle("held-a", Optional.empty(), Word.REVOKE);
    refused(() -> orders.confirmRemovals(a.toString(), Optional.empty()), "is not joined.");
    assertThat(
            texts(
                "select operator || ' ' || action || ' ' || (detail ->> 'seen') from operator_audit"
                    + " where action = 'confirm-removals' and subject = '"
                    + a.uuid()
                    + "'"))
        .containsExactly(System.getProperty("user.name") + " confirm-removals 150");
  }

  @Test
  void asksForTheClusterWhereTwoHaveANodeOfThatName() {
    var one = cluster("one");
    var two = cluster("two");
    node(one, "twin", "epoch = 1");
    node(two, "twin", "epoch = 1");
    node(two, "other", "epoch = 1");

    refused(
        () -> orders.settle("twin", Optional.empty(), Word.DRAIN),
        "Several clusters have a node twin; say --cluster: one, two.");
    assertThat(orders.settle("twin", Optional.of("two"), Word.DRAIN)).contains("is drained");
    assertThat(expected(one)).containsExactly("twin");
    assertThat(expected(two)).containsExactly("other");
    refused(
        () -> orders.settle("other", Optional.of("one"), Word.DRAIN),
        "There is no node other in one.");
    refused(() -> orders.settle("nod_1", Optional.empty(), Word.DRAIN), "There is no node nod_1.");
    refused(
        () -> orders.settle("twin", Optional.of("three"), Word.DRAIN),
        "There is no cluster three.");
  }

  private static String drained(String node) {
    try {
      return orders.settle(node, Optional.empty(), Word.DRAIN);
    } catch (RefusedException refused) {
      return String.valueOf(refused.getMessage());
    }
  }

  private static void refused(Callable<?> order, String end) {
    assertThatThrownBy(order::call).isInstanceOf(RefusedException.class).hasMessageEndingWith(end);
  }

  private static ClusterId cluster(String name) {
    return installation.cluster(name, Optional.empty(), "192.0.2.1");
  }

  /// It acked just now, and for as long as a slow machine takes for a test.
  private static NodeId node(ClusterId cluster, String name, String but) {
    var id = new NodeId(UUID.randomUUID());
    run(
        """
        insert into node (id, cluster_id, name, state, https_address, http_address, version, csr, sealing_key, acked_at)
          values ('%s', '%s', '%s', 'joined', '127.0.0.1:443', '127.0.0.1:80', '0.1.0', '', '', now() + interval '10 minutes')\
        """
            .formatted(id.uuid(), cluster.uuid(), id.uuid()));
    run("update node set name = '%s', %s where id = '%s'".formatted(name, but, id.uuid()));
    return id;
  }

  private static DomainId served(ClusterId cluster, String hostname) {
    var id =
        client
            .post(
                "/v1/domains",
                """
                {"hostname":"%s","origin":{"url":"https://o.net"},"cluster_id":"%s"}\
                """
                    .formatted(hostname, cluster))
            .text("/id");
    claims.proved(team.id(), id);
    assertThat(claims.serve(team.id(), id)).isPresent();
    var domain = DomainId.parse(id);
    run("update domain set was_active = true where id = '%s'".formatted(domain.uuid()));
    notDueForAnHour(domain);
    return domain;
  }

  private static void notDueForAnHour(DomainId domain) {
    run(
        "update domain set due_at = now() + interval '1 hour' where id = '%s'"
            .formatted(domain.uuid()));
  }

  private static boolean dueWithinSeconds(DomainId domain) {
    return texts(
            "select (due_at < now() + interval '5 seconds')::text from domain where id = '%s'"
                .formatted(domain.uuid()))
        .equals(List.of("true"));
  }

  private static List<String> expected(ClusterId cluster) {
    return new PostgresNodes(installation.worker, Clock.systemUTC())
        .expected(cluster).stream().map(NodeState::name).toList();
  }

  private static List<String> trace(NodeId node) {
    return texts(
        "select action || ' ' || (detail ->> 'outcome') from operator_audit where subject = '%s' order by id"
            .formatted(node.uuid()));
  }

  private static List<String> words(String line) {
    return List.of(line.split(" +"));
  }

  private static List<String> texts(String sql) {
    return installation.admin.inNoTeam(connection -> {
      var texts = new ArrayList<String>();
      try (var select = connection.prepareStatement(sql);
          var row = select.executeQuery()) {
        while (row.next()) {
          texts.add(row.getString(1));
        }
      }
      return texts;
    });
  }

  private static void run(String sql) {
    installation.admin.inNoTeam(connection -> {
      try (var statement = connection.prepareStatement(sql)) {
        return statement.executeUpdate();
      }
    });
  }
}
