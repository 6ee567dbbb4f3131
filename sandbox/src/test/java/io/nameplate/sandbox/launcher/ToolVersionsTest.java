package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ToolVersionsTest {
  @Test
  void goIsNewEnoughFrom126() {
    assertThat(Toolbox.newEnough("go version go1.26.8 linux/amd64")).isTrue();
    assertThat(Toolbox.newEnough("go version go2.0 linux/amd64")).isTrue();
    assertThat(Toolbox.newEnough("go version go1.9.2 linux/amd64")).isFalse();
    assertThat(Toolbox.newEnough("")).isFalse();
  }

  @Test
  void temporalIsNewEnoughFrom19() {
    assertThat(TemporalServer.isAtLeast19("temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"))
        .isTrue();
    assertThat(TemporalServer.isAtLeast19("temporal version 1.10.0 (Server 1.33.0)")).isTrue();
    assertThat(TemporalServer.isAtLeast19("temporal version 1.8.2 (Server 1.31.2)")).isFalse();
  }
}
