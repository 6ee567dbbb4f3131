package io.nameplate.e2e.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Parallel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Each step there is, carried out while its reply is lost: it is done again, and nothing outside
/// happens twice.
final class RepliesLostIT {
  /// Two minutes on a machine of its own; this one runs four copies at once.
  private static final Duration CONVERGED = Duration.ofMinutes(5);

  private final Installation here = Installation.shared();

  @Test
  void aStepWhoseReplyIsLostHasNoEffectTwice() {
    var steps = here.steps().stream().filter(step -> !StepKills.ofTheMonitor(step)).toList();
    var walks = Parallel.each(steps, step -> new Walk(here, step, "after:lose-reply"));
    here.stepFaults().plan(walks.stream().map(Walk::line).toList());

    Parallel.each(walks, Walk::toTheFault);

    var deadline = Instant.now().plus(CONVERGED);
    Parallel.each(walks, walk -> walk.arrivedBy(deadline));
    assertThat(Parallel.each(walks, walk -> walk.duplicates(0)).stream().flatMap(Optional::stream))
        .isEmpty();
  }

  @Test
  void aStepOfTheMonitorWhoseReplyIsLostIsDoneAgain() {
    var lines =
        here.steps().stream()
            .filter(StepKills::ofTheMonitor)
            .map(step -> step + ":after:lose-reply")
            .toList();
    assertThat(lines).isNotEmpty();
    here.stepFaults().plan(lines);

    // A walk takes a minute, and there are two; on a busy machine both take longer.
    var until = Instant.now().plus(Duration.ofMinutes(8));
    while (!here.stepFaults().met().containsAll(lines)) {
      assertThat(Instant.now()).as("all of %s strike", lines).isBefore(until);
      Walk.rest();
    }
    var domain =
        here.nameplate()
            .domains()
            .add("shop." + Installation.freshName(), here.places().origin("plain"));
    here.sandbox().setRecordsOf(domain);
    var active = here.nameplate().domains().waitUntilActive(domain.id(), CONVERGED);
    assertThat(active.isActive()).isTrue();
  }
}
