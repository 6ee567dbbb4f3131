package io.nameplate.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Parallel;
import io.nameplate.sdk.Condition;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Parts are killed in the middle of things; the copy is this class's own. What a kill may cost:
/// two minutes, and no order twice.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RecoveryIT {
  /// "Anything stuck is running again ≤ 2 min later", on a machine that does nothing else; this one
  /// runs four copies at once.
  private static final Duration CONVERGED = Duration.ofMinutes(5);

  /// "A dead one makes it degraded after 30 s": about a minute with everything around it, on a
  /// machine that does nothing else.
  private static final Duration NAMED = Duration.ofMinutes(3);

  private static final Duration SOON = Duration.ofMinutes(3);

  /// Where an issuance can be held up long enough to kill somebody meanwhile.
  private static final List<String> CA_OPERATIONS =
      List.of("newOrder", "challenge", "finalize", "certificate");

  private Installation here;

  @BeforeAll
  void start() {
    here = Installation.ofItsOwn(2);
  }

  @AfterAll
  void stop() {
    here.close();
  }

  /// Steps are killed at their edges in `StepKills`; this is inside of them, while the CA works.
  @Test
  void aWorkerKilledInTheMiddleOfAnExchangeWithTheCaOrdersNothingTwice() {
    var held = Parallel.each(CA_OPERATIONS, this::heldUpAt);

    here.launcher().run("kill", "worker");
    here.launcher().run("start", "worker");
    clearFaults();

    Parallel.each(held, this::awaitServed);
    assertThat(held)
        .allSatisfy(
            domain -> assertThat(here.sandbox().finalizedOrders(domain.hostname())).hasSize(1));
  }

  @Test
  void temporalsStoreDeletedInTheMiddleOfIssuanceConverges() throws Exception {
    var domain = heldUpAt("finalize");

    here.launcher().run("kill", "temporal");
    try (var files = Files.list(here.launcher().data())) {
      for (Path file :
          files.filter(it -> it.getFileName().toString().startsWith("temporal.db")).toList()) {
        Files.delete(file);
      }
    }
    here.launcher().run("start", "temporal");
    clearFaults();

    awaitServed(domain);
    assertThat(here.sandbox().finalizedOrders(domain.hostname())).hasSize(1);
  }

  @Test
  void aReplyOfTheCaThatIsLostCausesNoSecondOrder() {
    var domains =
        Parallel.each(
            List.of("newOrder", "challenge", "finalize", "certificate", "authz", "order"),
            operation -> {
              var domain = add();
              here.sandbox()
                  .acmeFault(domain.hostname(), operation, "reply-lost", Map.of("count", 1));
              here.sandbox().setRecordsOf(domain);
              return awaitServed(domain);
            });

    clearFaults();
    assertThat(domains)
        .allSatisfy(
            domain -> assertThat(here.sandbox().finalizedOrders(domain.hostname())).hasSize(1));
  }

  @Test
  void theApiWorksWithoutTemporalAndTheWorkIsPickedUp() throws Exception {
    var served = activate();
    var paused = activate();
    var gone = activate();
    here.launcher().run("stop", "temporal");

    var added = add();
    here.sandbox().setRecordsOf(added);
    assertThat(here.nameplate().domains().get(added.id()).status()).isEqualTo(DomainStatus.PENDING);
    here.nameplate().domains().changeOrigin(served.id(), here.places().origin("echo"));
    here.nameplate().domains().suspend(paused.id());
    here.nameplate().domains().remove(gone.id());
    for (int edge = 0; edge < 2; edge++) {
      try (var visitor = here.visitor(edge)) {
        await()
            .atMost(SOON)
            .ignoreExceptionsInstanceOf(IOException.class)
            .until(
                () -> visitor.https(served.hostname(), "/").origin().equals(Optional.of("echo")));
        await().atMost(SOON).until(() -> visitor.https(paused.hostname(), "/").status() == 503);
        await().atMost(SOON).until(() -> visitor.isRefused(gone.hostname()));
      }
    }
    here.nameplate().domains().resume(paused.id());
    var again = here.nameplate().domains().add(gone.hostname(), here.places().origin("plain"));

    here.launcher().run("start", "temporal");
    Parallel.each(List.of(added, served, paused, again), this::awaitServed);
  }

  @Test
  void aDeadNodeIsNamedAndTheDomainHealsWhenItReturns() {
    var domain = activate();
    here.launcher().run("kill", "edge-2");

    await()
        .atMost(NAMED)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> {
          var now = here.nameplate().domains().get(domain.id());
          assertThat(now.status()).isEqualTo(DomainStatus.DEGRADED);
          assertThat(now.failing())
              .extracting(Condition::message)
              .anyMatch(it -> it.contains("edge-2"));
        });
    try (var visitor = here.visitor(0)) {
      assertThat(visitor.https(domain.hostname(), "/").status()).isEqualTo(200);
    } catch (IOException e) {
      throw new AssertionError("the other node serves on", e);
    }

    here.launcher().run("start", "edge-2");
    here.nameplate().domains().waitUntilActive(domain.id(), CONVERGED);
  }

  @Test
  void dataSurvivesAKillOfEveryPart() {
    var domain = activate();
    var parts =
        List.of(
            "postgres",
            "temporal",
            "pebble",
            "sandbox",
            "api",
            "worker",
            "dashboard",
            "edge-1",
            "edge-2");
    parts.forEach(part -> here.launcher().run("kill", part));

    here.launcher().run("up", "--background");

    assertThat(here.nameplate().domains().get(domain.id()).hostname()).isEqualTo(domain.hostname());
    awaitServed(domain);
    awaitServed(activate());
  }

  /// A domain whose issuance the CA holds up at an operation, and that has just got there. Long
  /// enough for others to get there, too.
  private Domain heldUpAt(String operation) {
    var domain = add();
    here.sandbox()
        .acmeFault(domain.hostname(), operation, "slow", Map.of("delay_ms", 15_000, "count", 1));
    here.sandbox().setRecordsOf(domain);
    await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> asked(domain, operation));
    return domain;
  }

  /// Whether the fault planned for the domain has been met.
  private boolean asked(Domain domain, String operation) {
    for (var fault : here.sandbox().get("/acme/faults").path("faults")) {
      if (fault.path("hostname").asText().equals(domain.hostname())) {
        return fault.path("met").asInt() > 0;
      }
    }
    throw new AssertionError("no fault at " + operation + " for " + domain.hostname());
  }

  private void clearFaults() {
    here.sandbox().delete("/acme/faults");
  }

  private Domain activate() {
    var domain = add();
    here.sandbox().setRecordsOf(domain);
    return here.nameplate().domains().waitUntilActive(domain.id(), SOON);
  }

  private Domain awaitServed(Domain domain) {
    var active = here.nameplate().domains().waitUntilActive(domain.id(), CONVERGED);
    for (int edge = 0; edge < 2; edge++) {
      try (var visitor = here.visitor(edge)) {
        assertThat(visitor.https(domain.hostname(), "/").status()).isEqualTo(200);
      } catch (IOException e) {
        throw new AssertionError(domain.hostname() + " is not served", e);
      }
    }
    return active;
  }

  private Domain add() {
    return here.nameplate()
        .domains()
        .add("shop." + Installation.freshName(), here.places().origin("plain"));
  }
}
