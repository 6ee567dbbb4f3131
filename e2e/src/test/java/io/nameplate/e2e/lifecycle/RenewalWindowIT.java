package io.nameplate.e2e.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.Certificate;
import io.nameplate.sdk.Domain;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A CA that wants a certificate of 90 days renewed at once moves its window (RFC 9773).
final class RenewalWindowIT {
  private static final Duration SOON = Duration.ofMinutes(3);

  /// The window is asked for every minute here, at the end of a walk of the monitor, which takes a
  /// minute, and longer on a busy machine.
  private static final Duration SEEN = Duration.ofMinutes(8);

  private final Installation here = Installation.shared();

  @Test
  void aWindowThatMovedIntoThePastIsSeenAndTheCertificateRenewedWithReplaces() {
    var domain = activate();
    var old = certificate(domain);
    here.sandbox().suggestRenewal(domain.hostname());

    assertRenewed(domain, old, SEEN);
  }

  @Test
  void aCheckLooksAtTheWindowAtOnce() {
    var domain = activate();
    var old = certificate(domain);
    here.sandbox().suggestRenewal(domain.hostname());

    here.nameplate().domains().check(domain.id());

    assertRenewed(domain, old, SOON);
  }

  private void assertRenewed(Domain domain, Certificate old, Duration within) {
    await()
        .atMost(within)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> !certificate(domain).id().equals(old.id()));
    assertThat(here.nameplate().domains().waitUntilActive(domain.id(), SOON).isActive()).isTrue();
    var orders = here.sandbox().finalizedOrders(domain.hostname());
    assertThat(orders).hasSize(2);
    assertThat(orders.getFirst().path("replaces").asText("")).isEmpty();
    assertThat(orders.getLast().path("replaces").asText("")).isNotEmpty();
  }

  private Certificate certificate(Domain domain) {
    return here.nameplate().domains().get(domain.id()).certificate().orElseThrow();
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
