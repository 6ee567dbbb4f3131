package io.nameplate.e2e.steps;

import io.nameplate.e2e.kit.Installation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The worker, and an edge, killed at each step there is.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WorkerOrEdgeKilledIT {
  private Installation here;

  @BeforeAll
  void start() {
    here = Installation.ofItsOwn(3);
  }

  @AfterAll
  void stop() {
    here.close();
  }

  @Test
  void aWorkerKilledAtEachStepLeavesNothingStuckOrTwice() {
    StepKills.atEachStep(here, "worker");
  }

  @Test
  void anEdgeKilledAtEachStepLeavesNothingStuckOrTwice() {
    StepKills.atEachStep(here, "edge-1");
  }
}
