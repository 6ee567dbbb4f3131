package io.nameplate.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people are told to paste into a shell, pasted.
@Tag("quick")
final class ExamplesIT {
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  private final Installation here = Installation.shared();

  @TempDir private Path folder;

  @Test
  void theBoardsExampleGoesAllTheWay() throws Exception {
    requireOnPath("curl");
    var board = here.launcher().run("up", "--background");
    var example =
        board
            .substring(board.indexOf("eval "))
            .lines()
            .map(String::strip)
            .reduce("", (all, line) -> all + line + "\n");

    assertGoesAllTheWay(sh(example));
  }

  @Test
  void theReadmesExampleGoesAllTheWay() throws Exception {
    requireOnPath("curl");
    requireOnPath("jq");
    var readme = Files.readString(Launcher.checkout().resolve("README.md"));
    var example =
        BLOCK
            .matcher(readme)
            .results()
            .map(match -> match.group(1))
            .filter(block -> block.contains("env --json"))
            .findFirst()
            .orElseThrow();

    assertGoesAllTheWay(sh(example));
  }

  private static void assertGoesAllTheWay(String said) {
    assertThat(said)
        .containsPattern("HTTP/\\S+ 200")
        .containsIgnoringCase("x-sandbox-origin: plain");
  }

  /// Runs it as a person would who stands in a folder of theirs, and gives what it prints.
  private String sh(String example) throws IOException, InterruptedException {
    var root = Launcher.checkout();
    var command =
        root.resolve("nameplate") + " --port-offset " + Integer.getInteger("e2e.port-offset", 0);
    var script =
        example.replaceAll("\\./nameplate( --port-offset \\d+)?", command.replace("$", "\\$"));
    var file = Files.writeString(folder.resolve("example.sh"), "set -e\n" + script);
    var said = folder.resolve("said").toFile();
    var process =
        new ProcessBuilder(List.of("sh", file.toString()))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said)
            .start();
    var ended = process.waitFor(Duration.ofMinutes(6).toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    var text = Files.readString(said.toPath());
    assertThat(ended).as("ends: " + text).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  private static void requireOnPath(String program) {
    var found =
        Pattern.compile(":")
            .splitAsStream(System.getenv("PATH"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    assertThat(found)
        .as("%s is needed by the example: apt-get install %s", program, program)
        .isTrue();
  }
}
