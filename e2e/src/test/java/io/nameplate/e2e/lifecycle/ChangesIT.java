package io.nameplate.e2e.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Visitor;
import io.nameplate.sdk.ConditionType;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainStatus;
import io.nameplate.sdk.ProblemException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What becomes of a domain that works when people change their minds.
final class ChangesIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /// What the issue promises from the API's answer to a request that shows it.
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final Installation here = Installation.shared();

  @Test
  void aNewOriginIsServedByBothNodesAtOnce() throws Exception {
    var domain = activate("plain");
    try (var first = here.visitor(0);
        var second = here.visitor(1)) {
      first.https(domain.hostname(), "/");
      second.https(domain.hostname(), "/");

      here.nameplate().domains().changeOrigin(domain.id(), here.places().origin("echo"));

      awaitOrigin(first, domain, "echo");
      awaitOrigin(second, domain, "echo");
    }
    assertThat(here.nameplate().domains().get(domain.id()).status()).isEqualTo(DomainStatus.ACTIVE);
  }

  @Test
  void aSuspendedDomainShowsANeutralPageAtOnceAndComesBack() throws Exception {
    var domain = activate("plain");
    try (var visitor = here.visitor(1)) {
      here.nameplate().domains().suspend(domain.id());
      await()
          .atMost(AT_ONCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> visitor.https(domain.hostname(), "/").status() == 503);
      assertThat(visitor.https(domain.hostname(), "/").origin()).isEmpty();

      here.nameplate().domains().resume(domain.id());
      awaitOrigin(visitor, domain, "plain");
    }
    here.nameplate().domains().waitUntilActive(domain.id(), SOON);
  }

  @Test
  void aDeletedDomainIsUnroutedAtOnceAndForgotten() throws Exception {
    var domain = activate("plain");
    here.nameplate().domains().remove(domain.id());

    assertThatThrownBy(() -> here.nameplate().domains().get(domain.id()))
        .isInstanceOf(ProblemException.NotFound.class);
    try (var visitor = here.visitor(0)) {
      await()
          .atMost(AT_ONCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> visitor.isRefused(domain.hostname()));
      assertThat(visitor.http(domain.hostname(), "/").status()).isEqualTo(404);
    }
  }

  @Test
  void aDomainDeletedAndAddedAgainAtOnceIsServedForItsNewSelf() throws Exception {
    var old = activate("plain");
    here.nameplate().domains().remove(old.id());
    var again = here.nameplate().domains().add(old.hostname(), here.places().origin("echo"));

    assertThat(again.id()).isNotEqualTo(old.id());
    assertThat(again.dnsRecords()).as("the same team keeps its records").isEqualTo(unseen(old));
    here.nameplate().domains().waitUntilActive(again.id(), SOON);
    try (var visitor = here.visitor(0)) {
      awaitOrigin(visitor, again, "echo");
    }
  }

  @Test
  void dnsThatMovesAwayIsNoticedAndServedMeanwhileAndItComesBackByItself() throws Exception {
    var domain = activate("plain");
    here.sandbox().set(domain.hostname(), "A", "192.0.2.7");
    awaitStatus(domain, DomainStatus.MOVED);
    try (var visitor = here.visitor(0)) {
      assertThat(visitor.https(domain.hostname(), "/").status())
          .as("served while the certificate lasts")
          .isEqualTo(200);
    }
    here.sandbox().unset(domain.hostname());
    here.sandbox().setRecordsOf(domain);
    awaitStatus(domain, DomainStatus.ACTIVE);
  }

  @Test
  void anOriginThatFailsMakesItDegradedAndNamesTheOrigin() {
    var domain = activate("plain");
    here.nameplate().domains().changeOrigin(domain.id(), here.places().origin("failing"));
    awaitStatus(domain, DomainStatus.DEGRADED);
    assertThat(here.nameplate().domains().get(domain.id()).failing())
        .extracting(it -> it.type())
        .contains(ConditionType.ORIGIN);

    here.nameplate().domains().changeOrigin(domain.id(), here.places().origin("plain"));
    awaitStatus(domain, DomainStatus.ACTIVE);
  }

  private Domain activate(String origin) {
    var domain =
        here.nameplate()
            .domains()
            .add("shop." + Installation.freshName(), here.places().origin(origin));
    here.sandbox().setRecordsOf(domain);
    return here.nameplate().domains().waitUntilActive(domain.id(), SOON);
  }

  private void awaitStatus(Domain domain, DomainStatus status) {
    await()
        .atMost(Duration.ofMinutes(3)) // two rounds of the monitor and a run
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() ->
            assertThat(here.nameplate().domains().get(domain.id()).status()).isEqualTo(status));
  }

  private static void awaitOrigin(Visitor visitor, Domain domain, String origin) {
    await()
        .atMost(AT_ONCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() ->
            visitor.https(domain.hostname(), "/").origin().equals(java.util.Optional.of(origin)));
  }

  private static java.util.List<io.nameplate.sdk.DnsRecord> unseen(Domain domain) {
    return domain.dnsRecords().stream()
        .map(it ->
            new io.nameplate.sdk.DnsRecord(
                it.type(), it.name(), it.fqdn(), it.value(), it.purpose(), it.required(), false))
        .toList();
  }
}
