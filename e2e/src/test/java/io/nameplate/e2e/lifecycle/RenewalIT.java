package io.nameplate.e2e.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Crowd;
import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.Certificate;
import io.nameplate.sdk.Domain;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Certificates that live two minutes, renewed while visitors come.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RenewalIT {
  private Installation here;

  @BeforeAll
  void start() {
    here =
        Installation.fresh(
            1100,
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
        .isLessThanOrEqualTo(Duration.ofMinutes(3));

    var visitors = List.of(here.visitor(0), here.visitor(0), here.visitor(1), here.visitor(1));
    try (var crowd = new Crowd(List.of(domain.hostname()), visitors)) {
      var second = awaitOther(domain, first);
      awaitOther(domain, second);

      assertThat(crowd.complaints()).isEmpty();
      assertThat(crowd.requests()).isGreaterThan(1_000);
    }
  }

  private Certificate awaitOther(Domain domain, Certificate old) {
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> !certificate(domain).id().equals(old.id()));
    return certificate(domain);
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
    return here.nameplate().domains().waitUntilActive(domain.id(), Duration.ofMinutes(1));
  }
}
