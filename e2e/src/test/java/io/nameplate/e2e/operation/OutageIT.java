package io.nameplate.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Crowd;
import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Parallel;
import io.nameplate.e2e.kit.Visitor;
import io.nameplate.sdk.Domain;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  /// For a few hundred pages and handshakes on a machine that does much else.
  private static final Duration A_CROWDS_TIME = Duration.ofMinutes(5);

  private static final Duration SOON = Duration.ofMinutes(3);
  private static final List<String> CONTROL_PLANE =
      List.of("worker", "api", "dashboard", "temporal", "postgres");

  private Installation here;
  private List<Domain> domains;

  @BeforeAll
  void start() {
    here = Installation.ofItsOwn(1);
    domains =
        Parallel.each(
            List.of("a", "b", "c", "d", "e"),
            label -> {
              var domain = add(label + "." + Installation.freshName());
              return here.nameplate().domains().waitUntilActive(domain.id(), SOON);
            });
  }

  @AfterAll
  void stop() {
    here.close();
  }

  @Test
  void nothingFailsForTwoMinutesWithoutAControlPlaneAndAnEdgeStartsFromItsOwnDisk()
      throws Exception {
    var names = domains.stream().map(Domain::hostname).toList();
    try (var crowd = new Crowd(names, visitors(0))) {
      var before = crowd.requests();
      CONTROL_PLANE.forEach(part -> here.launcher().run("kill", part));
      var until = Instant.now().plus(OUTAGE);

      here.launcher().run("kill", "edge-2");
      here.launcher().run("start", "edge-2");
      await()
          .atMost(SOON)
          .ignoreExceptionsInstanceOf(IOException.class)
          .untilAsserted(() -> {
            assertThat(here.readiness(1).path("ready").asBoolean()).isTrue();
            assertThat(here.readiness(1).path("stale").asBoolean()).isTrue();
          });
      try (var visitor = here.visitor(1)) {
        for (var name : names) {
          assertThat(visitor.https(name, "/").status()).isEqualTo(200);
        }
      }

      try (var second = new Crowd(names, visitors(1))) {
        var rest = Duration.between(Instant.now(), until);
        if (rest.isPositive()) {
          Thread.sleep(rest); // the scenario itself
        }
        await()
            .atMost(A_CROWDS_TIME)
            .until(() -> second.requests() > 500 && second.handshakes() > 100);
        assertThat(second.complaints()).isEmpty();
      }
      await()
          .atMost(A_CROWDS_TIME)
          .until(() -> crowd.requests() - before > 500 && crowd.handshakes() > 100);
      assertThat(crowd.complaints()).isEmpty();
    }
    assertThat(here.readiness(0).path("stale").asBoolean()).isTrue();

    here.launcher().run("up", "--background");
    var domain = domains.getFirst();
    here.nameplate().domains().changeOrigin(domain.id(), here.places().origin("echo"));
    for (int edge = 0; edge < 2; edge++) {
      try (var visitor = here.visitor(edge)) {
        await()
            .atMost(SOON)
            .ignoreExceptionsInstanceOf(IOException.class)
            .until(
                () -> visitor.https(domain.hostname(), "/").origin().equals(Optional.of("echo")));
      }
      var place = edge;
      await()
          .atMost(SOON)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> !here.readiness(place).path("stale").asBoolean());
    }
  }

  /// One on a kept connection, one with new ones, one with whole handshakes.
  private List<Visitor> visitors(int edge) {
    return List.of(here.visitor(edge), here.visitor(edge), here.visitor(edge));
  }

  private Domain add(String name) {
    var domain = here.nameplate().domains().add(name, here.places().origin("plain"));
    here.sandbox().setRecordsOf(domain);
    return domain;
  }
}
