package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PreflightTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void everythingThatIsMissingIsNamedAtOnceWithTheCommandToGetIt() {
    var browser =
        new Preflight.Need(
            "Chromium", () -> false, List.of("chromium"), "brew install --cask google-chrome");
    var go = new Preflight.Need("Go 1.26", () -> false, List.of(), "unpack it from go.dev/dl");
    var node = new Preflight.Need("Node 20", () -> true, List.of("nodejs"), "brew install node");
    assertThatThrownBy(() -> preflight().require(List.of(browser, go, node), false))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining(
            "Chromium is missing: sudo apt-get install chromium (Debian, Ubuntu), or brew install"
                + " --cask google-chrome")
        .hasMessageContaining("Go 1.26 is missing: unpack it from go.dev/dl")
        .hasMessageNotContaining("Node 20");
  }

  @Test
  void nothingIsSaidWhenNothingIsMissing() {
    var node = new Preflight.Need("Node 20", () -> true, List.of("nodejs"), "brew install node");
    assertThatCode(() -> preflight().require(List.of(node), true)).doesNotThrowAnyException();
  }

  @Test
  void anOldNodeWillNotDo() {
    assertThat(Preflight.nodeWillDo("v20.19.2")).isTrue();
    assertThat(Preflight.nodeWillDo("v18.0.0")).isFalse();
    assertThat(Preflight.nodeWillDo("")).isFalse();
  }

  @Test
  void aBrowserIsOneThatRuns() throws IOException {
    assertThat(Chromium.runs(script("a", "echo Chromium 150.0.7871.100 built on Debian"))).isTrue();
    assertThat(Chromium.runs(script("b", "echo Google Chrome 150.0.1.2"))).isTrue();
    assertThat(Chromium.runs(script("c", "echo 'Command requires the chromium snap 2.0'; exit 1")))
        .isFalse();
    assertThat(Chromium.runs(folder.resolve("nowhere"))).isFalse();
  }

  @Test
  void goIsLookedForInAllVersionsThereAreTheNewestFirst() throws IOException {
    for (String version : List.of("go1.25.1", "go1.26.8", "other")) {
      Files.createDirectories(folder.resolve("sdk").resolve(version).resolve("bin"));
    }
    assertThat(Toolbox.folders(folder + "/sdk/go*/bin"))
        .containsExactly(folder.resolve("sdk/go1.26.8/bin"), folder.resolve("sdk/go1.25.1/bin"));
    assertThat(Toolbox.folders(folder + "/nowhere/go*/bin")).isEmpty();
    assertThat(Toolbox.folders("/usr/local/go/bin")).containsExactly(Path.of("/usr/local/go/bin"));
  }

  @Test
  void aTemporalThatWasBuiltFromGoModulesIsNotFetchedAgain() throws IOException {
    var workspace = new Workspace(folder, 0);
    workspace.create();
    var temporal = new TemporalServer(workspace, progress());
    assertThat(temporal.kept()).isEmpty();
    Path built = workspace.tools().resolve("temporal-1.5.1");
    Files.writeString(built, "#!/bin/sh\n");
    assertThat(built.toFile().setExecutable(true)).isTrue();
    assertThat(temporal.kept()).contains(built);
  }

  private Path script(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private Preflight preflight() {
    return new Preflight(new Workspace(folder, 0), progress());
  }

  private static Progress progress() {
    return new Progress(new PrintStream(new ByteArrayOutputStream()), InstantSource.system());
  }
}
