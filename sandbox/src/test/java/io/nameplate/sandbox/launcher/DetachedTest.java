package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class DetachedTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void itsOutputIsInItsLogAndItKnowsNoSettingsButItsOwn() throws Exception {
    Path log = folder.resolve("logs/part.log");
    Process process =
        Detached.start(
            List.of("sh", "-c", "echo out; echo err >&2; env | grep NAMEPLATE_"),
            Map.of("NAMEPLATE_A", "1"),
            folder,
            log);
    assertThat(process.waitFor()).isZero();
    assertThat(log).hasContent("out\nerr\nNAMEPLATE_A=1");
  }

  /// The kernel of others does not show open files.
  @Test
  @EnabledOnOs(OS.LINUX)
  void itHoldsNothingOfItsCaller() throws IOException {
    Path log = folder.resolve("part.log");
    Process process = Detached.start(List.of("sleep", "600"), Map.of(), folder, log);
    try {
      Path open = Path.of("/proc/" + process.pid() + "/fd");
      while (!Files.exists(open.resolve("2"))) {
        Thread.onSpinWait();
      }
      assertThat(Files.readSymbolicLink(open.resolve("0"))).isEqualTo(Path.of("/dev/null"));
      assertThat(Files.readSymbolicLink(open.resolve("1"))).isEqualTo(log.toRealPath());
      assertThat(Files.readSymbolicLink(open.resolve("2"))).isEqualTo(log.toRealPath());
      try (var files = Files.list(open)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .allMatch(number -> Integer.parseInt(number) <= 2 || isLibrary(open.resolve(number)));
      }
    } finally {
      process.destroyForcibly();
    }
  }

  /// While the program is being loaded, its files are open; pipes and sockets never are.
  private static boolean isLibrary(Path open) {
    try {
      return Files.readSymbolicLink(open).isAbsolute();
    } catch (IOException _) {
      return true; // closed meanwhile
    }
  }
}
