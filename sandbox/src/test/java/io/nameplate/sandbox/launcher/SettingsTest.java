package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
  @TempDir private Path root = Path.of("");

  @Test
  void onlyOurOwnKeysOfTheEnvironmentCount() {
    var told =
        new Settings(Map.of())
            .and(Map.of("NAMEPLATE_ACME_PROFILE", "twominutes", "HOME", "/home/somebody"));
    assertThat(told.variables()).containsExactly(Map.entry("NAMEPLATE_ACME_PROFILE", "twominutes"));
  }

  @Test
  void whatWasToldIsRememberedAndTheLastWordWins() throws IOException {
    var workspace = new Workspace(root, 0);
    workspace.create();
    new Settings(Map.of("NAMEPLATE_A", "1", "NAMEPLATE_B", "2")).write(workspace);
    assertThat(Settings.read(workspace).and(Map.of("NAMEPLATE_B", "3")).variables())
        .isEqualTo(Map.of("NAMEPLATE_A", "1", "NAMEPLATE_B", "3"));
  }
}
