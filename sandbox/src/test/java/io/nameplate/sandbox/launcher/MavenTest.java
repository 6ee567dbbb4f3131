package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MavenTest {
  @Test
  void tellsTheNewestModuleAndHowMuchCameOverTheNetwork() {
    assertThat(
            Maven.soFar(
                Stream.of(
                    "[INFO] Scanning for projects...",
                    "[INFO] Building Nameplate 0.1.0                             [1/10]",
                    "[INFO] Downloaded from central: https://repo.example/a.pom (1 kB at 2 kB/s)",
                    "[INFO] Downloaded from central: https://repo.example/a.jar (1 kB at 2 kB/s)",
                    "[INFO] Building Nameplate: vocabulary and decisions 0.1.0  [2/10]",
                    "[INFO] Building jar: /somewhere/core.jar")))
        .isEqualTo("2/10 Nameplate: vocabulary and decisions 0.1.0, 2 files downloaded");
  }

  @Test
  void tellsHowManyTestClassesHaveRun() {
    assertThat(
            Maven.soFar(
                Stream.of(
                    "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s"
                        + " -- in io.nameplate.e2e.operation.CommandsIT",
                    "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0")))
        .isEqualTo("1 test classes, the last CommandsIT");
  }

  @Test
  void saysNothingBeforeTheFirst() {
    assertThat(Maven.soFar(Stream.of("[INFO] Scanning for projects..."))).isEmpty();
  }
}
