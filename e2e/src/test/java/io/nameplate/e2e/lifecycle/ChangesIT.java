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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What becomes of a domain that works when people change their minds.
final class ChangesIT {
  private static final Duration SOON = Duration.ofMinutes(3);

  /// A second is promised from the API's answer to a request that shows it, which `bench change`
  /// measures. Here other copies run on the same two processors.
  private static final Duration AT_ONCE = Duration.ofSeconds(10);

  private final Installation here = Installation.shared();

  /// From the API's answer to a request on each node that shows it, both watched at once: there and
  /// back until one is quick, since others use this machine, too.
  @Test
  void aNewOriginIsServedByBothNodesAtOnce() {
    var domain = activate("plain");
    var took = new ArrayList<Duration>();
    do {
      took.add(timeOfAChange(domain, took.size() % 2 == 0 ? "echo" : "plain"));
    } while (took.getLast().compareTo(AT_ONCE) > 0 && took.size() < 20);

    assertThat(took.getLast()).as("the last of %s", took).isLessThanOrEqualTo(AT_ONCE);
    awaitStatus(domain, DomainStatus.ACTIVE);
  }

  private Duration timeOfAChange(Domain domain, String origin) {
    var nameplate = here.nameplate();
    var changed = new CompletableFuture<Instant>();
    var watching =
        List.of(0, 1).stream()
            .map(
                edge -> CompletableFuture.supplyAsync(() -> shownAt(edge, domain, origin, changed)))
            .toList();
    var _ = nameplate.domains().changeOrigin(domain.id(), here.places().origin(origin));
    var answered = Instant.now();
    changed.complete(answered);
    return watching.stream()
        .map(CompletableFuture::join)
        .map(shown -> Duration.between(answered, shown))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /// When a node first answers with the new origin.
  private Instant shownAt(
      int edge, Domain domain, String origin, CompletableFuture<Instant> changed) {
    try (var visitor = here.visitor(edge)) {
      visitor.https(domain.hostname(), "/");
      while (!visitor.https(domain.hostname(), "/").origin().equals(Optional.of(origin))) {
        var since = changed.getNow(Instant.MAX);
        assertThat(Instant.now()).isBefore(since.equals(Instant.MAX) ? since : since.plus(SOON));
        Thread.sleep(10);
      }
      return Instant.now();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while watching " + domain.hostname(), e);
    }
  }

  @Test
  void aSuspendedDomainShowsANeutralPageAtOnceAndComesBack() throws Exception {
    var domain = activate("plain");
    try (var visitor = here.visitor(1)) {
      here.nameplate().domains().suspend(domain.id());
      await()
          .atMost(SOON)
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
          .atMost(SOON)
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

  /// A run of the old domain is held before it writes, and let go when the name is somebody new's.
  @Test
  void lateWritesOfADeletedDomainChangeNothing() throws Exception {
    var old = add("plain");
    var late = "DomainDeploy:before:hold:" + old.id();
    here.stepFaults().plan(List.of(late));
    here.sandbox().setRecordsOf(old);
    await().atMost(SOON).until(() -> here.stepFaults().met().contains(late));
    here.nameplate().domains().remove(old.id());
    var again = here.nameplate().domains().add(old.hostname(), here.places().origin("echo"));
    here.nameplate().domains().waitUntilActive(again.id(), SOON);

    here.stepFaults().lift(List.of(late));

    // Long enough for what was held to write, if it did.
    await().during(Duration.ofSeconds(5)).atMost(SOON).until(() -> servedByBoth(again, "echo"));
    assertThat(here.nameplate().domains().get(again.id()).isActive()).isTrue();
    assertThatThrownBy(() -> here.nameplate().domains().get(old.id()))
        .isInstanceOf(ProblemException.NotFound.class);
  }

  private boolean servedByBoth(Domain domain, String origin) throws IOException {
    for (int edge = 0; edge < 2; edge++) {
      try (var visitor = here.visitor(edge)) {
        if (!visitor.https(domain.hostname(), "/").origin().equals(Optional.of(origin))) {
          return false;
        }
      }
    }
    return true;
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

  private Domain add(String origin) {
    return here.nameplate()
        .domains()
        .add("shop." + Installation.freshName(), here.places().origin(origin));
  }

  private Domain activate(String origin) {
    var domain = add(origin);
    here.sandbox().setRecordsOf(domain);
    return here.nameplate().domains().waitUntilActive(domain.id(), SOON);
  }

  private void awaitStatus(Domain domain, DomainStatus status) {
    await()
        .atMost(Duration.ofMinutes(5)) // two rounds of the monitor and a run
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() ->
            assertThat(here.nameplate().domains().get(domain.id()).status()).isEqualTo(status));
  }

  private static void awaitOrigin(Visitor visitor, Domain domain, String origin) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> visitor.https(domain.hostname(), "/").origin().equals(Optional.of(origin)));
  }

  private static List<io.nameplate.sdk.DnsRecord> unseen(Domain domain) {
    return domain.dnsRecords().stream()
        .map(it ->
            new io.nameplate.sdk.DnsRecord(
                it.type(), it.name(), it.fqdn(), it.value(), it.purpose(), it.required(), false))
        .toList();
  }
}
