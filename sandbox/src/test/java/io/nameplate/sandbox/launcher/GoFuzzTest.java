package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GoFuzzTest {
  @Test
  void targetsAreFoundInTestsOfEveryFolder(@TempDir Path module) throws IOException {
    Path disk = Files.createDirectories(module.resolve("deep/disk"));
    Files.writeString(
        disk.resolve("store_test.go"),
        """
        package disk

        func TestOther(t *testing.T) {}

        func FuzzParse(f *testing.F) {
        }

        func FuzzEntry(fuzz *testing.F) {}
        """);
    Files.writeString(module.resolve("main.go"), "func FuzzNothing(f *testing.F) {}\n");
    Files.writeString(module.resolve("a_test.go"), "func FuzzTop(f *testing.F) {}\n");
    assertThat(GoFuzz.targets(module))
        .extracting(GoFuzz.Target::toString)
        .containsExactly(".FuzzTop", "deep/disk.FuzzEntry", "deep/disk.FuzzParse");
  }

  @Test
  void theFailingInputIsSaidAsAPersonWouldSeeIt() {
    assertThat(
            GoFuzz.said(
                Stream.of(
                    "{\"Action\":\"output\",\"Output\":\"fuzz: elapsed: 0s, execs: 5\\n\"}",
                    "{\"Action\":\"output\",\"Output\":\"    x_test.go:3: long \\\"0000\\\"\\n\"}",
                    "{\"Action\":\"fail\",\"Package\":\"x\",\"Elapsed\":0.05}",
                    "go: no such package")))
        .isEqualTo("    x_test.go:3: long \"0000\"\ngo: no such package\n");
  }

  @Test
  void aRunThatGosClockEndedFoundNothing() {
    assertThat(
            GoFuzz.onlyTheClock("--- FAIL: FuzzX (10.2s)\n    context deadline exceeded\nFAIL\n"))
        .isTrue();
    assertThat(
            GoFuzz.onlyTheClock(
                "    context deadline exceeded\n    Failing input written to testdata/fuzz/X/1\n"))
        .isFalse();
    assertThat(GoFuzz.onlyTheClock("    failure while testing seed corpus entry\n")).isFalse();
  }
}
