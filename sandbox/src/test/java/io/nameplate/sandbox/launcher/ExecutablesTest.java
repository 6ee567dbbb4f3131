package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class ExecutablesTest {
  @Test
  void whatAShortCommandPrintsIsTold() {
    assertThat(Executables.output(List.of("sh", "-c", "echo one; echo two >&2")))
        .contains("one\ntwo");
    assertThat(Executables.output(List.of("sh", "-c", "echo one; exit 3"))).isEmpty();
    assertThat(Executables.output(List.of("no-such-program"))).isEmpty();
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void aCommandThatGoesOnIsNotWaitedFor() {
    assertThat(Executables.output(List.of("sleep", "900"), Duration.ofMillis(200))).isEmpty();
  }
}
