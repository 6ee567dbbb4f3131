package io.nameplate.e2e.steps;

import io.nameplate.e2e.kit.Installation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// PostgreSQL, and Temporal, killed at each step there is.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StoresKilledIT {
  private Installation here;

  @BeforeAll
  void start() {
    here = Installation.ofItsOwn(5);
  }

  @AfterAll
  void stop() {
    here.close();
  }

  @Test
  void aDatabaseKilledAtEachStepLeavesNothingStuckOrTwice() {
    StepKills.atEachStep(here, "postgres");
  }

  @Test
  void aTemporalKilledAtEachStepLeavesNothingStuckOrTwice() {
    StepKills.atEachStep(here, "temporal");
  }
}
