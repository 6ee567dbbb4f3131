package io.nameplate.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Crowd;
import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.Domain;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The whole control plane is gone; visitors must not notice.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OutageIT {
  private static final Duration OUTAGE = Duration.ofMinutes(2);
  private static final List<String> CONTROL_PLANE =
      List.of("worker", "api", "dashboard", "temporal", "postgres");

  private Installation here;
  private List<Domain> domains;

  @BeforeAll
  void start() {
    here = Installation.fresh(1200);
    domains =
        IntStream.range(0, 5)
            .mapToObj(i -> add("s" + i + "." + Installation.freshName()))
            .map(it -> here.nameplate().domains().waitUntilActive(it.id(), Duration.ofMinutes(1)))
            .toList();
  }

  @AfterAll
  void stop() {
    here.close();
  }

  @Test
  void nothingFailsForTwoMinutesWithoutAControlPlaneAndAnEdgeStartsFromItsOwnDisk()
      throws Exception {
    var names = domains.stream().map(Domain::hostname).toList();
    try (var crowd = new Crowd(names, List.of(here.visitor(0), here.visitor(0)))) {
      CONTROL_PLANE.forEach(part -> here.launcher().run("kill", part));

      here.launcher().run("stop", "edge-2");
      here.launcher().run("start", "edge-2");
      try (var visitor = here.visitor(1)) {
        assertThat(visitor.https(names.getFirst(), "/").status()).isEqualTo(200);
      }

      try (var second = new Crowd(names, List.of(here.visitor(1), here.visitor(1)))) {
        Thread.sleep(OUTAGE); // the scenario itself
        assertThat(second.complaints()).isEmpty();
        assertThat(second.requests()).isGreaterThan(1_000);
      }
      assertThat(crowd.complaints()).isEmpty();
      assertThat(crowd.requests()).isGreaterThan(1_000);
    }

    here.launcher().run("up", "--background");
    var domain = domains.getFirst();
    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .until(() -> {
          here.nameplate().domains().changeOrigin(domain.id(), here.places().origin("echo"));
          return true;
        });
    try (var visitor = here.visitor(1)) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> visitor.https(domain.hostname(), "/").origin().equals(Optional.of("echo")));
    }
  }

  private Domain add(String name) {
    var domain = here.nameplate().domains().add(name, here.places().origin("plain"));
    here.sandbox().setRecordsOf(domain);
    return domain;
  }
}
