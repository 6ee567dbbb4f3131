package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
  @TempDir private Path root = Path.of("");

  @Test
  void onlyTunablesOfTheEnvironmentCount() {
    var told =
        new Settings(Map.of())
            .and(
                Map.of(
                    "NAMEPLATE_ACME_PROFILE", "twominutes",
                    "NAMEPLATE_DATABASE_URL", "jdbc:postgresql://elsewhere/nameplate",
                    "HOME", "/home/somebody"));
    assertThat(told.variables()).containsExactly(Map.entry("NAMEPLATE_ACME_PROFILE", "twominutes"));
  }

  @Test
  void whatIsNotTakenIsTold() {
    assertThat(
            Settings.ignored(
                Map.of(
                    "NAMEPLATE_API_KEY", "np_live_x",
                    "NAMEPLATE_DATABASE_URL", "jdbc:postgresql://elsewhere/nameplate",
                    "NAMEPLATE_MONITOR_INTERVAL", "5s",
                    "HOME", "/home/somebody")))
        .satisfiesExactly(
            sentence ->
                assertThat(sentence).startsWith("NAMEPLATE_API_KEY").contains("for clients"),
            sentence ->
                assertThat(sentence)
                    .startsWith("NAMEPLATE_DATABASE_URL of the environment is ignored"));
  }

  @Test
  void whatWasToldIsRememberedAndTheLastWordWins() throws IOException {
    var workspace = new Workspace(root, 0);
    workspace.create();
    new Settings(Map.of("NAMEPLATE_ACME_PROFILE", "a", "NAMEPLATE_MONITOR_INTERVAL", "5s"))
        .write(workspace);
    assertThat(Settings.read(workspace).and(Map.of("NAMEPLATE_ACME_PROFILE", "b")).variables())
        .isEqualTo(Map.of("NAMEPLATE_ACME_PROFILE", "b", "NAMEPLATE_MONITOR_INTERVAL", "5s"));
  }

  @Test
  void anEmptyValueForgets() {
    assertThat(
            new Settings(Map.of("NAMEPLATE_ACME_PROFILE", "a"))
                .and(Map.of("NAMEPLATE_ACME_PROFILE", ""))
                .variables())
        .isEmpty();
  }

  @Test
  void everyTunableIsInTheDocumentation() throws IOException {
    String documentation = Files.readString(Path.of("../docs/configuration.md"));
    assertThat(Settings.TUNABLE).allMatch(key -> documentation.contains("`" + key + "`"));
  }
}
