package io.nameplate.app;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.nameplate.adapters.postgres.OperatorNodes;
import io.nameplate.adapters.postgres.OperatorNodes.Word;
import io.nameplate.adapters.postgres.lifecycle.PostgresNodes;
import io.nameplate.adapters.postgres.record.Entries;
import io.nameplate.api.edge.EdgeListener;
import io.nameplate.certificates.CertificateId;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoinToken;
import io.nameplate.clusters.NodeId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import io.nameplate.ids.RandomText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `docs/edge-protocol.md` from a node's side, over real mutual TLS and a real database.
class EdgeProtocolIT {
  private Installation installation;
  private Installation.Team team;
  private Client client;
  private ClusterId cluster;
  private EdgeListener listener;
  private Claims claims;

  @BeforeEach
  void begin() throws IOException {
    installation = Installation.begin();
    cluster = installation.cluster("shared", Optional.empty(), "192.0.2.1");
    team = installation.team("acme");
    client = new Client(installation.server.uri(), team.key());
    claims = new Claims(installation);
    listener = installation.edgeListener();
  }

  @AfterEach
  void end() {
    listener.close();
    installation.close();
  }

  @Test
  void letsANodeJoinWithATokenOnce() {
    var node = node();
    var token = token(cluster, Duration.ofHours(1));
    var request = EdgeNode.joinRequest(token.shown(), "edge-1", "first");
    var accepted = node.withoutCertificate("POST", "/edge/v1/join", request);
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.body().path("cluster_id").asText()).isEqualTo(cluster.toString());
    assertThat(node.withoutCertificate("POST", "/edge/v1/join", request).body())
        .isEqualTo(accepted.body());
    var other = EdgeNode.joinRequest(token.shown(), "edge-1", "second");
    assertThat(node.withoutCertificate("POST", "/edge/v1/join", other).problem())
        .isEqualTo("join-token-spent");
    var id = accepted.body().path("node_id").asText();
    assertThat(admission(node, token, id).body().path("state").asText()).isEqualTo("pending");
    node.admittedBy(installation, NodeId.parse(id));
    var ready = admission(node, token, id).body();
    assertThat(ready.path("state").asText()).isEqualTo("ready");
    assertThat(ready.path("http_port").asInt()).isEqualTo(14012);
    assertThat(ready.path("sealed_cluster_key").asText()).isEqualTo("AQ==");
  }

  @Test
  void refusesUnknownExpiredAndMalformedTokens() {
    var node = node();
    var unknown = new JoinToken("a".repeat(32), installation.identity.pin()).shown();
    var expired = token(cluster, Duration.ofSeconds(-1)).shown();
    for (var token : new String[] {unknown, expired, "npj_", "x"}) {
      var request = EdgeNode.joinRequest(token, "edge-1", "csr");
      assertThat(node.withoutCertificate("POST", "/edge/v1/join", request).problem())
          .isEqualTo("join-token-invalid");
    }
  }

  @Test
  void givesNothingWithoutAKnownCertificate() {
    var node = node();
    assertThat(node.get("/edge/v1/changes?after=0.0").problem()).isEqualTo("node-unknown");
    assertThat(node.withoutCertificate("GET", "/edge/v1/changes?after=0.0", null).problem())
        .isEqualTo("node-unknown");
  }

  @Test
  void readsEverythingThenOnlyWhatIsNew() {
    var node = joined(cluster);
    served("a.customer.de");
    served("b.customer.de");
    var everything = node.poll("0.0", 0);
    assertThat(everything.body().path("entries").findValuesAsText("hostname"))
        .containsExactly("a.customer.de", "b.customer.de");
    assertThat(everything.body().at("/entries/0/origin/port").asInt()).isEqualTo(14020);
    assertThat(node.poll(everything.position(), 0).body().path("entries")).isEmpty();
    served("c.customer.de");
    var next = node.poll(everything.position(), 0);
    assertThat(next.body().path("entries").findValuesAsText("hostname"))
        .containsExactly("c.customer.de");
    assertThat(next.body().path("more").asBoolean()).isFalse();
  }

  @Test
  void answersAParkedPollWhenAChangeCommits() throws InterruptedException, ExecutionException {
    var node = joined(cluster);
    var id = served("parked.customer.de");
    var position = node.poll("0.0", 0).position();
    var poll = CompletableFuture.supplyAsync(() -> node.poll(position, 55));
    client.post("/v1/domains/" + id + "/suspend", null);
    var reply = poll.orTimeout(3, TimeUnit.MINUTES).get();
    assertThat(reply.body().at("/entries/0/state").asText()).isEqualTo("suspended");
  }

  @Test
  void putsWhatProtectsPeopleIntoTheStreamWithoutAWorker() {
    var node = joined(cluster);
    var id = served("protect.customer.de");
    client.patch("/v1/domains/" + id, "{\"origin\":{\"url\":\"https://new.example.net/x\"}}");
    assertThat(last(node).at("/origin/host").asText()).isEqualTo("new.example.net");
    client.post("/v1/domains/" + id + "/suspend", null);
    assertThat(last(node).path("state").asText()).isEqualTo("suspended");
    client.post("/v1/domains/" + id + "/resume", null);
    assertThat(last(node).path("state").asText()).isEqualTo("serving");
    client.delete("/v1/domains/" + id);
    assertThat(last(node).path("state").asText()).isEqualTo("removed");
    assertThat(last(node).has("origin")).isFalse();
  }

  @Test
  void writesNothingForARemovedDomainOrAnOlderGeneration() {
    var node = joined(cluster);
    var id = served("late.customer.de");
    var before = claims.row(team.id(), id);
    client.delete("/v1/domains/" + id);
    assertThat(write(before.id(), before.generation())).isEmpty();
    assertThat(write(before.id(), before.generation() + 1)).isEmpty();
    var again = served("late.customer.de");
    assertThat(write(before.id(), before.generation() + 1)).isEmpty();
    assertThat(last(node).path("domain_id").asText()).isEqualTo(again);
    assertThat(last(node).path("state").asText()).isEqualTo("serving");
  }

  @Test
  void agreesOnTheDigestAndSaysWhenItDiffers() throws NoSuchAlgorithmException {
    var node = joined(cluster);
    assertThat(node.ack("1.0", "0".repeat(16)).body().path("digest_matches").asBoolean()).isTrue();
    served("one.customer.de");
    var two = served("two.customer.de");
    served("three.customer.de");
    client.delete("/v1/domains/" + two);
    client.post("/v1/domains/" + served("four.customer.de") + "/suspend", null);
    var all = node.poll("0.0", 0);
    long digest = 0;
    for (var entry : all.body().path("entries")) {
      if (!entry.path("state").asText().equals("removed")) {
        digest ^= digest(entry.path("hostname").asText(), entry.path("revision").asLong());
      }
    }
    var right = "%016x".formatted(digest);
    assertThat(node.ack(all.position(), right).body().path("digest_matches").asBoolean()).isTrue();
    var wrong = node.ack(all.position(), "0123456789abcdef").body().path("digest_matches");
    assertThat(wrong.isBoolean() && !wrong.asBoolean()).isTrue();
    assertThat(node.ack("1.1", right).body().path("digest_matches").isNull()).isTrue();
    var behind = shownNode();
    assertThat(behind.path("state").asText()).isEqualTo("behind");
    assertThat(behind.path("digest_differs").asBoolean()).as("until compared again").isTrue();
    node.ack(all.position(), right);
    assertThat(shownNode().path("state").asText()).isEqualTo("current");
    assertThat(shownNode().path("digest_differs").isBoolean()).isTrue();
    assertThat(shownNode().path("digest_differs").asBoolean()).isFalse();
  }

  @Test
  void saysSinceWhenANodeDiffers() {
    var node = joined(cluster);
    served("differs.customer.de");
    var position = node.poll("0.0", 0).position();
    node.ack(position, "0123456789abcdef");
    var since = differsSince();
    assertThat(since).isPresent();
    node.ack(position, "0123456789abcdee");
    assertThat(differsSince()).as("the first time counts").isEqualTo(since);
  }

  private Optional<Instant> differsSince() {
    return new OperatorNodes(installation.operator).of(cluster).getFirst().node().differsSince();
  }

  private JsonNode shownNode() {
    return client.get("/v1/clusters/" + cluster + "/nodes").body().at("/nodes/0");
  }

  @Test
  void showsANodeOnlyItsOwnCluster() {
    var own = installation.cluster("own", Optional.of(team.id()), "192.0.2.2");
    var node = joined(own);
    var id =
        client
            .post(
                "/v1/domains",
                """
                {"hostname":"x.customer.de","origin":{"url":"https://o.net"},"cluster_id":"%s"}\
                """
                    .formatted(cluster))
            .text("/id");
    claims.proved(team.id(), id);
    claims.serve(team.id(), id);
    assertThat(node.poll("0.0", 0).body().path("entries")).isEmpty();
    assertThat(joined(cluster).poll("0.0", 0).body().path("entries")).hasSize(1);
  }

  @Test
  void endsTheAccessOfARevokedNodeWithinSeconds() {
    var node = joined(cluster);
    assertThat(node.poll("0.0", 0).status()).isEqualTo(200);
    revokeAll();
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(() -> assertThat(node.poll("0.0", 0).problem()).isEqualTo("node-revoked"));
  }

  @Test
  void letsTheParkedPollOfARevokedNodeGo() throws InterruptedException, ExecutionException {
    var node = joined(cluster);
    served("quiet.customer.de");
    var position = node.poll("0.0", 0).position();
    var poll = CompletableFuture.supplyAsync(() -> node.poll(position, 55));
    revokeAll();
    assertThat(poll.orTimeout(3, TimeUnit.MINUTES).get().problem()).isEqualTo("node-revoked");
  }

  @Test
  void tellsManyParkedNodesOfOneCommit() throws InterruptedException, ExecutionException {
    var node = joined(cluster);
    var id = served("many.customer.de");
    served("other.customer.de");
    var position = node.poll("0.0", 0).position();
    var polls = new ArrayList<CompletableFuture<EdgeNode.Reply>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        polls.add(CompletableFuture.supplyAsync(() -> node.poll(position, 55), threads));
      }
      client.post("/v1/domains/" + id + "/suspend", null);
      for (var poll : polls) {
        var reply = poll.orTimeout(3, TimeUnit.MINUTES).get();
        assertThat(reply.body().path("entries").findValuesAsText("hostname"))
            .containsExactly("many.customer.de");
        assertThat(node.poll(reply.position(), 0).body().path("entries")).isEmpty();
      }
    }
  }

  @Test
  void listsNamesAndRevisionsAndGivesThoseThatAreAskedFor() {
    var node = joined(cluster);
    var one = served("one.customer.de");
    served("two.customer.de");
    client.delete("/v1/domains/" + one);
    served("three.customer.de");
    var all = node.poll("0.0", 0);
    var expected = new ArrayList<String>();
    for (var entry : all.body().path("entries")) {
      expected.add(
          entry.path("hostname").asText()
              + " "
              + entry.path("revision").asLong()
              + (entry.path("state").asText().equals("removed") ? " removed" : ""));
    }
    for (var headers : new String[][] {{}, {"Accept-Encoding", "gzip"}}) {
      var outline = node.get("/edge/v1/outline", headers);
      assertThat(outline.zipped()).isEqualTo(headers.length > 0);
      assertThat(outline.position()).isEqualTo(all.position());
      assertThat(outline.body().path("epoch_from").asLong()).isZero();
      assertThat(outline.body().path("answers").isArray()).isTrue();
      assertThat(outline.body().path("names"))
          .extracting(JsonNode::asText)
          .containsExactlyInAnyOrderElementsOf(expected)
          .anyMatch(line -> line.endsWith(" removed"));
    }
    var asked =
        node.post(
            "/edge/v1/entries",
            "{\"hostnames\":[\"three.customer.de\",\"one.customer.de\",\"nobody.de\"]}");
    assertThat(asked.body().path("entries").findValuesAsText("hostname"))
        .containsExactlyInAnyOrder("one.customer.de", "three.customer.de");
    assertThat(node.post("/edge/v1/entries", "{}").status()).isEqualTo(422);
  }

  @Test
  void sendsWhatStandsAboveLeavesOnceAPage() {
    var node = joined(cluster);
    for (var name : List.of("a.customer.de", "b.customer.de")) {
      certified(name);
    }
    var page = node.poll("0.0", 0).body();
    assertThat(page.path("chains").toString()).isEqualTo("[[\"QkJC\",\"Q0ND\"]]");
    for (var entry : page.path("entries")) {
      assertThat(entry.at("/certificate/leaf").asText()).isEqualTo("QUFB");
      assertThat(entry.at("/certificate/issuers").asInt(-1)).isZero();
      assertThat(entry.at("/certificate/sealed_key").asText()).isEqualTo("AQ==");
    }
  }

  @Test
  void readsASnapshotOnWhereOthersAreTooOld() {
    var node = joined(cluster);
    served("a.customer.de");
    served("b.customer.de");
    installation.worker.inNoTeam(connection -> {
      try (var update =
          connection.prepareStatement("update cluster_position set tombstones_purged_to = 2")) {
        return update.executeUpdate();
      }
    });
    assertThat(node.poll("1.1", 0).problem()).isEqualTo("position-too-old");
    assertThat(
            node.get("/edge/v1/changes?after=1.1&snapshot=1")
                .body()
                .path("entries")
                .findValuesAsText("hostname"))
        .containsExactly("b.customer.de");
  }

  /// Everything, read while a name is written again and again, always has the name.
  @Test
  void missesNoNameThatChangesWhileEverythingIsRead() throws InterruptedException {
    var node = joined(cluster);
    var id = served("busy.customer.de");
    var row = claims.row(team.id(), id);
    var stop = new AtomicBoolean();
    var writer =
        Thread.ofVirtual()
            .start(() -> {
              while (!stop.get()) {
                var _ = write(row.id(), row.generation());
              }
            });
    try {
      for (int i = 0; i < 400; i++) {
        assertThat(node.poll("0.0", 0).body().path("entries")).as("read %d", i).hasSize(1);
      }
    } finally {
      stop.set(true);
      writer.join();
    }
  }

  @Test
  void letsHeldRemovalsGoWhenAnOperatorConfirmedSoMany() {
    var node = joined(cluster);
    served("held.customer.de");
    var position = node.poll("0.0", 0).position();
    var digest = "0".repeat(16);
    assertThat(confirms(node.ack(position, digest, 150))).isFalse();
    var shown = client.get("/v1/clusters/" + cluster + "/nodes").body();
    assertThat(shown.at("/nodes/0/held_removals").asLong()).isEqualTo(150);
    var id = NodeId.parse(shown.at("/nodes/0/id").asText());
    assertThat(confirm(id, 150)).contains(150L);
    assertThat(confirms(node.ack(position, digest, 151))).isFalse();
    assertThat(confirms(node.ack(position, digest, 150))).isTrue();
    assertThat(confirms(node.ack(position, digest, 0))).isFalse();
    assertThat(confirm(new NodeId(new UUID(0, 1)), 150)).isEmpty();
    assertThat(actions()).containsExactly("ada confirm-removals " + id.uuid() + " 150");
    installation.worker.inNoTeam(connection -> {
      try (var update =
          connection.prepareStatement(
              "update node set removals_confirmed_until = now() - interval '1 second'")) {
        return update.executeUpdate();
      }
    });
    assertThat(confirms(node.ack(position, digest, 150))).isFalse();
  }

  @Test
  void keepsWhichRemovalsANodeHoldsBackAndHastensThemWhenItHoldsNoneAnyLonger() {
    var node = joined(cluster);
    var id = served("held.customer.de");
    client.delete("/v1/domains/" + id);
    var position = node.poll("0.0", 0).position();
    var digest = "0".repeat(16);
    var removed = new Hostname("held.customer.de");
    var nodes = new PostgresNodes(installation.worker, Clock.systemUTC());
    var dot = position.indexOf('.');
    var at =
        new Position(
            Long.parseLong(position.substring(0, dot)),
            Long.parseLong(position.substring(dot + 1)));

    node.ack(position, digest, 1, "held.customer.de");
    assertThat(nodes.expected(cluster).getFirst().letGo(removed, at)).isFalse();
    node.ack(position, digest, 1, "other.customer.de");
    assertThat(nodes.expected(cluster).getFirst().letGo(removed, at)).isTrue();
    node.ack(position, digest, 2, "other.customer.de");
    assertThat(nodes.expected(cluster).getFirst().letGo(removed, at)).as("not all named").isFalse();
    assertThat(node.ack(position, digest, 1_001, manyNames()).status()).isEqualTo(422);

    dueInAnHour(id);
    node.ack(position, digest, 1, "held.customer.de");
    assertThat(dueWithinSeconds(id)).isFalse();
    node.ack(position, digest, 0);
    assertThat(nodes.expected(cluster).getFirst().letGo(removed, at)).isTrue();
    assertThat(dueWithinSeconds(id)).as("it waited for this").isTrue();
  }

  private static String[] manyNames() {
    return IntStream.range(0, 1_001).mapToObj("n%d.customer.de"::formatted).toArray(String[]::new);
  }

  private void dueInAnHour(String domain) {
    installation.admin.inNoTeam(connection -> {
      try (var update =
          connection.prepareStatement(
              "update domain set due_at = now() + interval '1 hour' where id = ?")) {
        update.setObject(1, DomainId.parse(domain).uuid());
        return update.executeUpdate();
      }
    });
  }

  private boolean dueWithinSeconds(String domain) {
    return installation.admin.inNoTeam(connection -> {
      try (var select =
          connection.prepareStatement(
              "select due_at < now() + interval '5 seconds' as soon from domain where id = ?")) {
        select.setObject(1, DomainId.parse(domain).uuid());
        try (var row = select.executeQuery()) {
          row.next();
          return row.getBoolean("soon");
        }
      }
    });
  }

  private static boolean confirms(EdgeNode.Reply reply) {
    return reply.body().path("confirm_removals").asBoolean();
  }

  private Optional<Long> confirm(NodeId node, long seen) {
    return installation.operator.inNoTeam(connection -> {
      try (var call = connection.prepareStatement("select confirm_removals(?, ?, 'ada')")) {
        call.setObject(1, node.uuid());
        call.setLong(2, seen);
        try (var row = call.executeQuery()) {
          row.next();
          return Optional.ofNullable(row.getObject(1, Long.class));
        }
      }
    });
  }

  private List<String> actions() {
    return installation.operator.inNoTeam(connection -> {
      var actions = new ArrayList<String>();
      try (var select =
              connection.prepareStatement(
                  "select operator || ' ' || action || ' ' || subject || ' ' || (detail ->>"
                      + " 'seen') as line from operator_audit where action = 'confirm-removals' order by id");
          var row = select.executeQuery()) {
        while (row.next()) {
          actions.add(row.getString("line"));
        }
      }
      return actions;
    });
  }

  private void revokeAll() {
    var nodes = new OperatorNodes(installation.operator);
    for (var known : nodes.of(cluster)) {
      assertThat(nodes.settle(known.node().id(), Word.REVOKE)).isPresent();
    }
  }

  /// A name with a certificate of three links; the feed does not look into them.
  private void certified(String hostname) {
    var id = served(hostname);
    var row = claims.row(team.id(), id);
    var certificate = UUID.randomUUID();
    var chain = Stream.of("QUFB", "QkJC", "Q0ND").map(EdgeProtocolIT::pem).collect(joining());
    installation.worker.inTeam(
        team.id(),
        connection -> {
          try (var insert =
                  connection.prepareStatement(
                      """
                      insert into certificate (id, team_id, domain_id, hostname, directory_url, chain, issuer, serial, sha256, not_before, not_after, renew_from)
                        values (?, ?, ?, ?, 'https://ca.test/dir', ?, 'test', '1', ?, now(), now() + interval '1 day', now())\
                      """);
              var key =
                  connection.prepareStatement(
                      "insert into certificate_key (certificate_id, cluster_id, team_id, sealed)"
                          + " values (?, ?, ?, ?)")) {
            insert.setObject(1, certificate);
            insert.setObject(2, team.id().uuid());
            insert.setObject(3, row.id().uuid());
            insert.setString(4, hostname);
            insert.setString(5, chain);
            insert.setBytes(6, hostname.getBytes(StandardCharsets.US_ASCII));
            insert.executeUpdate();
            key.setObject(1, certificate);
            key.setObject(2, cluster.uuid());
            key.setObject(3, team.id().uuid());
            key.setBytes(4, new byte[] {1});
            key.executeUpdate();
          }
          return Entries.write(
              connection,
              row.id(),
              row.generation(),
              EntryState.SERVING,
              Optional.of(new CertificateId(certificate)));
        });
  }

  private static String pem(String base64) {
    return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
  }

  @Test
  void tellsAChangedEpochAndAForgottenPast() {
    var node = joined(cluster);
    served("epoch.customer.de");
    installation.worker.inNoTeam(connection -> {
      try (var update =
          connection.prepareStatement(
              "update cluster_position set epoch = 7, tombstones_purged_to = 1, revision ="
                  + " 5")) {
        return update.executeUpdate();
      }
    });
    var changed = node.poll("1.1", 0);
    assertThat(changed.problem()).isEqualTo("epoch-changed");
    assertThat(changed.body().path("epoch").asLong()).isEqualTo(7);
    assertThat(node.poll("7.0", 0).problem()).isEqualTo("position-too-old");
    assertThat(node.poll("0.0", 0).position()).isEqualTo("7.5");
  }

  @Test
  void carriesChallengesOnTheSameCounterAndReadsThrough() {
    var node = joined(cluster);
    var id = DomainId.parse(served("acme.customer.de"));
    var position = node.poll("0.0", 0).position();
    installation.worker.inTeam(
        team.id(),
        connection ->
            Entries.putAnswer(
                connection, id, "token-1", "token-1.thumb", Instant.now().plusSeconds(600)));
    assertThat(node.poll(position, 0).body().at("/answers/0/value").asText())
        .isEqualTo("token-1.thumb");
    var path = "/edge/v1/answer?hostname=acme.customer.de&token=";
    assertThat(node.get(path + "token-1").body().path("value").asText()).isEqualTo("token-1.thumb");
    assertThat(node.get(path + "token-2").status()).isEqualTo(404);
    installation.worker.inTeam(
        team.id(), connection -> Entries.removeAnswer(connection, id, "token-1"));
    assertThat(node.get(path + "token-1").status()).isEqualTo(404);
    assertThat(last(node, "answers").path("removed").asBoolean()).isTrue();
  }

  @Test
  void zipsForNodesThatAcceptIt() {
    var node = joined(cluster);
    served("zip.customer.de");
    var reply = node.get("/edge/v1/changes?after=0.0", "Accept-Encoding", "gzip");
    assertThat(reply.zipped()).isTrue();
    assertThat(reply.body().path("entries")).hasSize(1);
  }

  @Test
  void refusesWhatItCannotRead() {
    var node = joined(cluster);
    assertThat(node.get("/edge/v1/changes?after=x").status()).isEqualTo(422);
    assertThat(node.get("/edge/v1/changes").status()).isEqualTo(422);
    assertThat(node.ack("1.0", "nothex").status()).isEqualTo(422);
    assertThat(
            node.ack(
                    "1.0",
                    "0".repeat(16),
                    ack ->
                        ack.put("tries", 1)
                            .put("failures", 2)
                            .put("started_at", "2026-11-01T00:00:00Z"))
                .status())
        .isEqualTo(422);
    assertThat(node.post("/edge/v1/upgrades", "{}").status()).isEqualTo(422);
    assertThat(node.get("/edge/v1/nothing").status()).isEqualTo(404);
    for (var path : List.of("join", "acks", "entries")) {
      assertThat(node.get("/edge/v1/" + path).problem()).isEqualTo("method-not-allowed");
    }
    for (var path : List.of("changes", "outline", "answer", "join/nod_1")) {
      assertThat(node.post("/edge/v1/" + path, "{}").status()).isEqualTo(405);
    }
    assertThat(node.withoutCertificate("POST", "/edge/v1/join", "{").problem())
        .isEqualTo("malformed");
  }

  @Test
  void saysThatTheConnectionEndsWhenItAnswersBeforeTheBodyIsThere() {
    assertThat(joined(cluster).headWithoutBody("POST", "/edge/v1/outline"))
        .startsWith("HTTP/1.1 405 Method Not Allowed")
        .contains("Connection: close");
  }

  private EdgeNode node() {
    return new EdgeNode(listener.uri(), installation.identity.pin());
  }

  private EdgeNode joined(ClusterId in) {
    var node = node();
    var request =
        EdgeNode.joinRequest(token(in, Duration.ofHours(1)).shown(), "edge-1", "csr of " + in);
    var reply = node.withoutCertificate("POST", "/edge/v1/join", request);
    node.admittedBy(installation, NodeId.parse(reply.body().path("node_id").asText()));
    return node;
  }

  private JoinToken token(ClusterId in, Duration life) {
    var token =
        new JoinToken(RandomText.SECRET.of(32, new SecureRandom()), installation.identity.pin());
    installation.desk.addJoinToken(in, token, Instant.now().plus(life));
    return token;
  }

  private static EdgeNode.Reply admission(EdgeNode node, JoinToken token, String id) {
    return node.withoutCertificate(
        "GET", "/edge/v1/join/" + id, null, "Authorization", "Bearer " + token.shown());
  }

  private String served(String hostname) {
    var id = client.add(hostname);
    claims.proved(team.id(), id);
    assertThat(claims.serve(team.id(), id)).isPresent();
    return id;
  }

  private Optional<io.nameplate.edge.Position> write(DomainId domain, long generation) {
    return installation.worker.inTeam(
        team.id(),
        connection ->
            Entries.write(connection, domain, generation, EntryState.SERVING, Optional.empty()));
  }

  private static JsonNode last(EdgeNode node) {
    return last(node, "entries");
  }

  private static JsonNode last(EdgeNode node, String list) {
    var all = node.poll("0.0", 0).body().path(list);
    return all.get(all.size() - 1);
  }

  private static long digest(String hostname, long revision) throws NoSuchAlgorithmException {
    var hash =
        MessageDigest.getInstance("SHA-256")
            .digest((hostname + "\n" + revision).getBytes(StandardCharsets.US_ASCII));
    return ByteBuffer.wrap(hash).getLong();
  }
}
