package io.nameplate.e2e.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Crowd;
import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Visitor;
import io.nameplate.sdk.Certificate;
import io.nameplate.sdk.Domain;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Certificates that live two minutes, renewed while visitors come.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RenewalIT {
  private static final Duration SOON = Duration.ofMinutes(3);

  /// A certificate's whole life, and time to see the next one on a machine that does much else.
  private static final Duration A_LIFE = Duration.ofMinutes(5);

  private Installation here;

  @BeforeAll
  void start() {
    here =
        Installation.ofItsOwn(
            0,
            Map.of("NAMEPLATE_ACME_PROFILE", "twominutes", "NAMEPLATE_MONITOR_INTERVAL", "PT5S"));
  }

  @AfterAll
  void stop() {
    here.close();
  }

  @Test
  void aTwoMinuteCertificateIsRenewedTwiceWithoutAFailedRequest() throws Exception {
    var domain = activate();
    var first = certificate(domain);
    assertThat(Duration.between(first.notBefore(), first.notAfter()))
        .isLessThanOrEqualTo(Duration.ofSeconds(121));

    var visitors = new ArrayList<Visitor>();
    for (int i = 0; i < 6; i++) {
      visitors.add(here.visitor(i / 3));
    }
    try (var crowd = new Crowd(List.of(domain.hostname()), visitors)) {
      var second = awaitOther(domain, first);
      var third = awaitOther(domain, second);
      awaitShown(domain, serial(third), 0, 1);

      await().atMost(A_LIFE).until(() -> crowd.requests() > 1_000 && crowd.handshakes() > 100);
      assertThat(crowd.complaints()).isEmpty();
    }
    var orders = here.sandbox().finalizedOrders(domain.hostname());
    assertThat(orders.subList(1, orders.size()))
        .as("each renewal says what it replaces")
        .allSatisfy(order -> assertThat(order.path("replaces").asText("")).isNotEmpty());
  }

  /// A renewed certificate is held back before nodes are told, then kept from one node that does
  /// not listen: so long the old one is shown there, and not retired.
  @Test
  void theOldCertificateIsServedUntilEveryNodeHasAckedTheNewOne() throws Exception {
    var domain = activate();
    var old = certificate(domain);
    var told = "DomainDeploy:before:hold:" + domain.id();
    var retired = "CertificateRetire:before:hold:" + domain.id();
    here.stepFaults().plan(List.of(told, retired));

    await().atMost(A_LIFE).until(() -> here.stepFaults().met().contains(told));
    // Readers of a history stop below the oldest transaction that is not over.
    await().atMost(SOON).until(() -> issued(domain) == 2);
    assertThat(shown(domain, 0)).isEqualTo(serial(old));
    assertThat(shown(domain, 1)).isEqualTo(serial(old));

    here.launcher().run("kill", "edge-2");
    here.stepFaults().lift(List.of(told));
    await()
        .atMost(SOON)
        .ignoreException(IOException.class)
        .until(() -> !shown(domain, 0).equals(serial(old)));
    assertThat(here.stepFaults().met())
        .as("one node has acked and one has not: nothing is retired")
        .doesNotContain(retired);

    here.launcher().run("start", "edge-2");
    await().atMost(A_LIFE).until(() -> here.stepFaults().met().contains(retired));
    assertThat(shown(domain, 1))
        .as("retired only when this node shows another one")
        .isNotEqualTo(serial(old));
    here.stepFaults().lift(List.of(retired));
    here.nameplate().domains().waitUntilActive(domain.id(), SOON);
  }

  private Certificate awaitOther(Domain domain, Certificate old) {
    await()
        .atMost(A_LIFE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> !certificate(domain).id().equals(old.id()));
    return certificate(domain);
  }

  private void awaitShown(Domain domain, BigInteger serial, int... edges) {
    for (int edge : edges) {
      await().atMost(SOON).until(() -> shown(domain, edge).equals(serial));
    }
  }

  private BigInteger shown(Domain domain, int edge) throws IOException {
    try (var visitor = here.visitor(edge)) {
      return visitor.handshake(domain.hostname()).getSerialNumber();
    }
  }

  private static BigInteger serial(Certificate certificate) {
    return new BigInteger(certificate.serial().replace(":", ""), 16);
  }

  private Certificate certificate(Domain domain) {
    return here.nameplate().domains().get(domain.id()).certificate().orElseThrow();
  }

  private long issued(Domain domain) {
    return Stream.of(here.nameplate().domains().events(domain.id()))
        .flatMap(events -> {
          var types = new ArrayList<String>();
          events.forEach(event -> types.add(event.type()));
          return types.stream();
        })
        .filter("certificate-issued"::equals)
        .count();
  }

  private Domain activate() {
    var domain =
        here.nameplate()
            .domains()
            .add("shop." + Installation.freshName(), here.places().origin("plain"));
    here.sandbox().setRecordsOf(domain);
    return here.nameplate().domains().waitUntilActive(domain.id(), SOON);
  }
}
