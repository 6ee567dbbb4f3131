package io.nameplate.e2e.steps;

import io.nameplate.e2e.kit.Installation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The API, and the CA, killed at each step there is.
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiOrPebbleKilledIT {
  private Installation here;

  @BeforeAll
  void start() {
    here = Installation.ofItsOwn(4);
  }

  @AfterAll
  void stop() {
    here.close();
  }

  @Test
  void anApiKilledAtEachStepLeavesNothingStuckOrTwice() {
    StepKills.atEachStep(here, "api");
  }

  @Test
  void aCaKilledAtEachStepLeavesNothingStuckOrTwice() {
    StepKills.atEachStep(here, "pebble");
  }
}
