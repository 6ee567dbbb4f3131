package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.adapters.postgres.PostgresEdgeFeed;
import io.nameplate.adapters.postgres.record.Entries;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.edge.EdgeFeed;
import io.nameplate.edge.EdgeFeed.Batch;
import io.nameplate.edge.EdgeFeed.Since;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What follows a position, from a real database: each batch comes in one message.
class EdgeFeedIT {
  private static final int LIMIT = 2_000;
  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");

  private Installation installation;
  private Installation.Team team;
  private Client client;
  private Claims claims;
  private ClusterId cluster;
  private EdgeFeed feed;

  @BeforeEach
  void begin() {
    installation = Installation.begin();
    cluster = installation.cluster("shared", Optional.empty(), "192.0.2.1");
    team = installation.team("acme");
    client = new Client(installation.server.uri(), team.key());
    claims = new Claims(installation);
    feed = new PostgresEdgeFeed(installation.edge);
  }

  @AfterEach
  void end() {
    installation.close();
  }

  @Test
  void tellsAClusterNothingOfAnother() {
    served("a.customer.de");
    var other = installation.cluster("other", Optional.of(team.id()), "192.0.2.2");
    assertThat(changes(cluster, 0).entries()).hasSize(1);
    assertThat(changes(other, 0).entries()).isEmpty();
    assertThat(changes(cluster, 0).reached()).isEqualTo(new Position(1, 1));
    assertThat(changes(other, 0).reached()).isEqualTo(new Position(1, 0));
  }

  /// A connection that was used for one cluster is used for the next.
  @Test
  void leavesNoClusterOpenBehindIt() {
    served("a.customer.de");
    for (int i = 0; i < 20; i++) { // from the fifth time on the driver prepares what it sends
      assertThat(changes(cluster, 0).entries()).hasSize(1);
      assertThat(feed.positions(Set.of(cluster))).containsEntry(cluster, new Position(1, 1));
      assertThat(visibleEntries()).isZero();
    }
  }

  /// Domains and challenges are written by four at once; who follows, batch by batch, ends with the
  /// newest revision of each.
  @Test
  void missesNoChangeWhileManyWrite() throws Exception {
    var domains = new ArrayList<DomainId>();
    for (var name : List.of("a", "b", "c", "d")) {
      domains.add(served(name + ".customer.de"));
    }
    var seen = new HashMap<String, Long>();
    var at = new Position(1, 0);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writers = domains.stream().map(domain -> threads.submit(writing(domain))).toList();
      while (!writers.stream().allMatch(writer -> writer.isDone())) {
        at = follow(at, seen);
      }
      for (var writer : writers) {
        writer.get();
      }
    }
    at = follow(at, seen);
    assertThat(at).isEqualTo(feed.positions(Set.of(cluster)).get(cluster));
    assertThat(seen).isEqualTo(newest());
  }

  private Callable<Integer> writing(DomainId domain) {
    var generation = claims.row(team.id(), domain.toString()).generation();
    return () -> {
      for (int i = 0; i < 150; i++) {
        var token = "token-" + i % 5;
        var _ =
            installation.worker.inTeam(
                team.id(),
                connection ->
                    Entries.write(
                        connection, domain, generation, EntryState.SERVING, Optional.empty()));
        var _ =
            installation.worker.inTeam(
                team.id(),
                connection -> Entries.putAnswer(connection, domain, token, "value", LATER));
      }
      return 150;
    };
  }

  private Position follow(Position after, Map<String, Long> seen) {
    var batch = changes(cluster, after.revision());
    var reached = batch.reached();
    assertThat(reached.revision()).isGreaterThanOrEqualTo(after.revision());
    for (var change : batch.entries()) {
      var revision = change.entry().position().revision();
      assertThat(revision).isBetween(after.revision() + 1, reached.revision());
      seen.put(change.entry().hostname().ascii(), revision);
    }
    for (var answer : batch.answers()) {
      assertThat(answer.revision()).isBetween(after.revision() + 1, reached.revision());
      seen.put(answer.hostname() + " " + answer.token(), answer.revision());
    }
    return reached;
  }

  private Batch.Changes changes(ClusterId of, long after) {
    // Epoch 1: revision 0 of epoch 0 would read everything.
    return (Batch.Changes) feed.changes(of, new Since(new Position(1, after), false), LIMIT);
  }

  private DomainId served(String hostname) {
    var id = client.add(hostname);
    claims.proved(team.id(), id);
    assertThat(claims.serve(team.id(), id)).isPresent();
    return DomainId.parse(id);
  }

  private long visibleEntries() {
    return installation.edge.inNoTeam(connection -> {
      try (var select = connection.prepareStatement("select count(*) from entry");
          var row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    });
  }

  private Map<String, Long> newest() {
    return installation.admin.inNoTeam(connection -> {
      var newest = new HashMap<String, Long>();
      try (var select =
              connection.prepareStatement(
                  "select hostname as what, revision from entry union all"
                      + " select hostname || ' ' || token, revision from answer");
          var row = select.executeQuery()) {
        while (row.next()) {
          newest.put(row.getString("what"), row.getLong("revision"));
        }
      }
      return newest;
    });
  }
}
