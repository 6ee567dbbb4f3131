package io.nameplate.app.lifecycle;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.adapters.postgres.lifecycle.PostgresDomainLedger;
import io.nameplate.adapters.postgres.lifecycle.PostgresDueDomains;
import io.nameplate.adapters.postgres.lifecycle.PostgresInstructions;
import io.nameplate.adapters.postgres.lifecycle.PostgresNodes;
import io.nameplate.app.certificates.TestRecord;
import io.nameplate.clusters.NodeId;
import io.nameplate.domains.Change;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.DueDomains.Due;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Instructions.Instruction;
import io.nameplate.domains.Instructions.Urgency;
import io.nameplate.domains.Progress;
import io.nameplate.workflows.monitoring.NodeWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What the life cycle reads and writes, on a real PostgreSQL and as the worker's role.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LifecycleRecordIT {
  private static final Duration POSTPONE = Duration.ofSeconds(45);

  @TempDir static Path folder;
  private TestRecord record;

  @BeforeAll
  void start() throws IOException {
    record = new TestRecord(folder);
  }

  @AfterAll
  void stop() throws IOException {
    record.close();
  }

  @BeforeEach
  void nothingIsDue() {
    record.execute("delete from outbox");
    record.execute("update domain set due_at = null");
    record.execute("delete from domain_node");
    record.execute("delete from node");
  }

  @Test
  void aRunThatIsAskedForTwiceIsOneInstructionAsUrgentAsTheMoreUrgentOne() {
    var domain = addDomain();
    var instructions = new PostgresInstructions(record.worker());
    instructions.put(domain, Urgency.CHANGE);
    instructions.put(domain, Urgency.REMOVAL);
    instructions.put(domain, Urgency.NEW);

    var delivered = new ArrayList<Instruction>();
    assertThat(instructions.deliver(10, delivered::addAll)).isEqualTo(1);
    assertThat(delivered)
        .containsExactly(new Instruction(domain, Optional.of(record.cluster), Urgency.REMOVAL));
  }

  @Test
  void nobodyWaitsForADeliveryToAskForAnotherRun() {
    var domain = addDomain();
    var instructions = new PostgresInstructions(record.worker());
    instructions.put(domain, Urgency.CHANGE);

    // While Temporal is asked the first one stays locked: asking again neither waits nor is lost.
    instructions.deliver(
        10,
        _ -> {
          try (var another = Executors.newVirtualThreadPerTaskExecutor()) {
            another.submit(() -> instructions.put(domain, Urgency.CHANGE)).get(180, SECONDS);
          } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("it could not be asked for", e);
          }
        });

    assertThat(instructions.deliver(10, _ -> {})).isEqualTo(1);
  }

  @Test
  void aDomainIsNotLookedAtBesideTheRunThatWasAskedFor() {
    var domain = addDomain();
    dueSince(domain.id(), 1);
    new PostgresInstructions(record.worker()).put(domain, Urgency.CHANGE);

    assertThat(new PostgresDueDomains(record.worker()).claim(10, 10, POSTPONE)).isEmpty();
    assertThat(dueWithin(domain.id(), POSTPONE)).isTrue();
  }

  @Test
  void domainsThatWaitTakeOnlyTheirShareOfTheLooks() {
    var due = new PostgresDueDomains(record.worker());
    for (int i = 0; i < 8; i++) {
      dueSince(addDomain().id(), 60);
    }
    var served = List.of(addServed(), addServed(), addServed());
    served.forEach(one -> dueSince(one.id(), 1));

    var claimed = due.claim(10, 2, POSTPONE);

    assertThat(claimed.stream().filter(Due::served).map(Due::domain))
        .containsExactlyInAnyOrderElementsOf(served);
    assertThat(claimed.stream().filter(one -> !one.served())).hasSize(2);
    assertThat(due.claim(10, 10, POSTPONE)).as("the others, each once").hasSize(6);
  }

  @Test
  void aNodeThatFallsSilentOrReturnsMakesItsClustersDomainsDueOnce() {
    var domains = new ArrayList<DomainRef>();
    for (int i = 0; i < 5; i++) {
      var domain = addServed();
      domains.add(domain);
      record.execute(
          "update domain set due_at = now() + interval '60 seconds' where id = '%s'"
              .formatted(domain.id().uuid()));
    }
    var node = addNode("edge-a");
    heardOf(node);
    var watch =
        new NodeWatch(
            new PostgresNodes(record.worker(), Clock.systemUTC()),
            new PostgresDueDomains(record.worker()));
    assertThat(watch.attend()).isZero();

    record.execute("update node set acked_at = now() - interval '31 seconds'");
    assertThat(watch.attend()).isEqualTo(1);
    assertThat(domains)
        .allSatisfy(one -> assertThat(dueWithin(one.id(), Duration.ofSeconds(5))).isTrue());
    assertThat(watch.attend()).as("told once").isZero();

    heardOf(node);
    assertThat(watch.attend()).as("it is back").isEqualTo(1);
  }

  /// Just now, and for as long as a slow machine takes for a test.
  private void heardOf(NodeId node) {
    record.execute(
        "update node set acked_at = now() + interval '1 hour' where id = '%s'"
            .formatted(node.uuid()));
  }

  @Test
  void aNodeThatNeverAckedCountsFromItsJoining() {
    var before = Instant.now();
    addNode("edge-a");
    record.execute("update node set acked_at = null");
    var nodes = new PostgresNodes(record.worker(), Clock.systemUTC());
    var fresh = nodes.expected(record.cluster).getFirst();
    assertThat(fresh.silent(before)).isFalse();
    assertThat(fresh.silent(Instant.now().plusSeconds(31))).isTrue();
    assertThat(fresh.position()).isEmpty();
  }

  @Test
  void whatANodeProvedIsKept() {
    var domain = addServed();
    var node = addNode("edge-a");
    var at = Instant.parse("2027-01-01T00:00:00Z");
    var ledger = new PostgresDomainLedger(record.worker());
    for (int again = 0; again < 2; again++) {
      ledger.write(
          domain,
          1,
          under ->
              new Change(
                  Progress.of(under.domain()),
                  List.of(),
                  List.of(new Change.NodeProof(node, 7, "ab".repeat(32), at))));
    }
    assertThat(
            record.texts(
                "select revision || ' ' || extract(epoch from proved_at)::bigint from domain_node where domain_id = '%s'"
                    .formatted(domain.id().uuid())))
        .containsExactly("7 " + at.getEpochSecond());
  }

  private DomainRef addDomain() {
    return new DomainRef(
        record.addDomain(new Hostname("shop-%s.example.com".formatted(UUID.randomUUID()))),
        record.team);
  }

  private DomainRef addServed() {
    var domain = addDomain();
    record.execute(
        "update domain set was_active = true where id = '%s'".formatted(domain.id().uuid()));
    return domain;
  }

  private NodeId addNode(String name) {
    var id = new NodeId(UUID.randomUUID());
    record.execute(
        """
        insert into node (id, cluster_id, name, state, https_address, http_address, version, csr, sealing_key, acked_at)
          values ('%s', '%s', '%s', 'joined', '127.0.0.1:443', '127.0.0.1:80', '0.1.0', '', '', now())\
        """
            .formatted(id.uuid(), record.cluster.uuid(), name));
    return id;
  }

  private void dueSince(DomainId domain, int seconds) {
    record.execute(
        "update domain set due_at = now() - interval '%d seconds' where id = '%s'"
            .formatted(seconds, domain.uuid()));
  }

  private boolean dueWithin(DomainId domain, Duration span) {
    return record
        .texts(
            "select (due_at <= now() + interval '%d seconds')::text from domain where id = '%s'"
                .formatted(span.toSeconds(), domain.uuid()))
        .equals(List.of("true"));
  }
}
