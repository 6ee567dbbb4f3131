package io.nameplate.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.nameplate.e2e.kit.Installation;
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
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Parts are killed in the middle of things; the copy is this class's own. What a kill may cost:
/// two minutes, and no order twice.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RecoveryIT {
  /// "Anything stuck is running again ≤ 2 min later", and then it has to finish.
  private static final Duration CONVERGED = Duration.ofMinutes(4);

  private static final Duration SOON = Duration.ofMinutes(1);

  /// Where an issuance can be held up long enough to kill somebody meanwhile.
  private static final List<String> CA_OPERATIONS =
      List.of("newOrder", "challenge", "finalize", "certificate");

  private static final List<String> PARTS =
      List.of("worker", "api", "postgres", "temporal", "pebble", "edge-1");

  private Installation here;

  @BeforeAll
  void start() {
    here = Installation.fresh(1300);
  }

  @AfterAll
  void stop() {
    here.close();
  }

  static Stream<Arguments> killsInIssuance() {
    return CA_OPERATIONS.stream()
        .flatMap(operation -> PARTS.stream().map(part -> Arguments.of(operation, part)));
  }

  @ParameterizedTest(name = "{1} while the CA works on {0}")
  @MethodSource("killsInIssuance")
  void aKillInTheMiddleOfIssuanceConverges(String operation, String part) throws Exception {
    var domain = heldUpAt(operation);

    here.launcher().run("kill", part);
    here.launcher().run("start", part);
    clearFaults();

    awaitServed(domain);
    if (!part.equals("pebble")) { // a Pebble that was killed has forgotten what it finalized
      assertThat(finalizedOrders(domain)).hasSizeLessThanOrEqualTo(1);
    }
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
    assertThat(finalizedOrders(domain)).hasSizeLessThanOrEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"newOrder", "challenge", "finalize", "certificate", "authz", "order"})
  void aReplyOfTheCaThatIsLostCausesNoSecondOrder(String operation) throws Exception {
    var domain = add();
    fault(domain, operation, "reply-lost", Map.of("count", 1));
    here.sandbox().setRecordsOf(domain);

    awaitServed(domain);

    clearFaults();
    assertThat(finalizedOrders(domain)).hasSize(1);
  }

  @Test
  void theApiWorksWithoutTemporalAndTheWorkIsPickedUp() throws Exception {
    var served = activate();
    var gone = activate();
    here.launcher().run("stop", "temporal");

    var added = add();
    here.sandbox().setRecordsOf(added);
    assertThat(here.nameplate().domains().get(added.id()).status()).isEqualTo(DomainStatus.PENDING);
    here.nameplate().domains().changeOrigin(served.id(), here.places().origin("echo"));
    here.nameplate().domains().suspend(gone.id());
    here.nameplate().domains().remove(gone.id());
    try (var visitor = here.visitor(0)) {
      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> visitor.https(served.hostname(), "/").origin().equals(Optional.of("echo")));
      await().atMost(Duration.ofSeconds(5)).until(() -> visitor.isRefused(gone.hostname()));
    }

    here.launcher().run("start", "temporal");
    awaitServed(added);
  }

  @Test
  void aDeadNodeIsNamedAndTheDomainHealsWhenItReturns() {
    var domain = activate();
    here.launcher().run("kill", "edge-2");

    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(() -> {
          var now = here.nameplate().domains().get(domain.id());
          assertThat(now.status()).isEqualTo(DomainStatus.DEGRADED);
          assertThat(now.failing())
              .extracting(Condition::message)
              .anyMatch(it -> it.contains("edge-2"));
        });

    here.launcher().run("start", "edge-2");
    here.nameplate().domains().waitUntilActive(domain.id(), Duration.ofMinutes(3));
  }

  @Test
  void dataSurvivesAKillOfEveryPart() throws Exception {
    var domain = activate();
    for (var part :
        Stream.concat(PARTS.stream(), Stream.of("sandbox", "dashboard", "edge-2")).toList()) {
      here.launcher().run("kill", part);
    }

    here.launcher().run("up", "--background");

    assertThat(here.nameplate().domains().get(domain.id()).hostname()).isEqualTo(domain.hostname());
    awaitServed(domain);
    awaitServed(activate());
  }

  /// A domain whose issuance the CA holds up for three seconds at an operation, and that has just
  /// got there.
  private Domain heldUpAt(String operation) {
    var domain = add();
    fault(domain, operation, "slow", Map.of("delay_ms", 3_000));
    here.sandbox().setRecordsOf(domain);
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() ->
            here.sandbox().get("/acme/faults").path("faults").path(0).path("met").asInt() > 0);
    return domain;
  }

  private void fault(Domain domain, String operation, String fault, Map<String, Integer> more) {
    var plan = new java.util.HashMap<String, Object>(more);
    plan.put("fault", fault);
    plan.put("operation", operation);
    plan.put("hostname", domain.hostname());
    here.sandbox().post("/acme/faults", plan);
  }

  private void clearFaults() {
    here.sandbox().delete("/acme/faults");
  }

  private List<JsonNode> finalizedOrders(Domain domain) {
    var orders = here.sandbox().get("/acme/orders?hostname=" + domain.hostname()).path("orders");
    return StreamSupport.stream(orders.spliterator(), false)
        .filter(order -> order.path("finalized").asInt() > 0)
        .toList();
  }

  private Domain activate() {
    var domain = add();
    here.sandbox().setRecordsOf(domain);
    return here.nameplate().domains().waitUntilActive(domain.id(), SOON);
  }

  private void awaitServed(Domain domain) throws IOException {
    here.nameplate().domains().waitUntilActive(domain.id(), CONVERGED);
    try (var visitor = here.visitor(1)) {
      assertThat(visitor.https(domain.hostname(), "/").status()).isEqualTo(200);
    }
  }

  private Domain add() {
    return here.nameplate()
        .domains()
        .add("shop." + Installation.freshName(), here.places().origin("plain"));
  }
}
