package io.nameplate.clusters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class JoinCommandTest {
  private static final JoinToken TOKEN = new JoinToken("a".repeat(32), "b".repeat(43));

  @Test
  void isOneLineThatGivesTheTokenToTheInput() {
    assertThat(new JoinCommand("--control https://control.example.net:14001").with(TOKEN))
        .isEqualTo(
            "echo npj_%s.%s | ./nameplate edge join --control https://control.example.net:14001"
                .formatted("a".repeat(32), "b".repeat(43)));
  }

  @Test
  void optionsAreOneLineOfOptions() {
    assertThatThrownBy(() -> new JoinCommand("https://control.example.net"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: one line, such as --control");
    assertThatThrownBy(() -> new JoinCommand("--control https://a\nrm -r /"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
