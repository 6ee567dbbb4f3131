package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class ForegroundTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void itsExitCodeIsReturned() throws Exception {
    assertThat(Foreground.run(List.of("sh", "-c", "exit 3"), folder)).isEqualTo(3);
  }

  /// A program of its own, since what ends it ends all of it.
  @Test
  void whatEndsTheLauncherEndsTheProgramAndWaitsUntilItHasCleanedUp() throws Exception {
    Process launcher =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Running.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    try {
      while (!Files.exists(folder.resolve("running"))) {
        assertThat(launcher.isAlive()).as("the launcher runs").isTrue();
        Thread.onSpinWait();
      }
      launcher.destroy();
      launcher.waitFor();
      assertThat(folder.resolve("cleaned up")).exists();
    } finally {
      launcher.descendants().forEach(ProcessHandle::destroyForcibly);
      launcher.destroyForcibly();
    }
  }

  /// Runs a program that cleans up for a while when it is asked to end.
  static final class Running {
    private Running() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      System.exit(
          Foreground.run(
              List.of(
                  "sh",
                  "-c",
                  "trap 'sleep 1; touch \"cleaned up\"; exit 0' TERM; touch running;"
                      + " while :; do sleep 0.1; done"),
              Path.of(arguments[0])));
    }
  }
}
