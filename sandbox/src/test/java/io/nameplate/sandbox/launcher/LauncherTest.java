package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class LauncherTest {
  private final StringWriter errors = new StringWriter();
  private final Launcher launcher =
      new Launcher(
          Path.of("/checkout"), Path.of("/stage"), new PrintStream(new ByteArrayOutputStream()));
  private final CommandLine line = Launcher.commandLine(launcher).setErr(new PrintWriter(errors));

  @Test
  void thePortOffsetMayStandBeforeTheVerb() {
    line.parseArgs("--port-offset", "200", "stop", "edge-1");
    assertThat(launcher.workspace().data()).isEqualTo(Path.of("/checkout/.nameplate/200"));
  }

  @Test
  void thePortOffsetMayStandBehindTheVerb() {
    line.parseArgs("sandbox", "dns", "set", "a.com", "A", "192.0.2.1", "--port-offset", "200");
    assertThat(launcher.ports().control()).hasToString("127.0.0.1:14209");
  }

  @Test
  void withoutAnOffsetItIsTheFirstCopy() {
    line.parseArgs("status");
    assertThat(launcher.workspace().data()).isEqualTo(Path.of("/checkout/.nameplate/0"));
  }

  @Test
  void anUnknownPartIsNamedWithTheKnownOnes() {
    assertThat(line.execute("stop", "edge-3")).isEqualTo(2);
    assertThat(errors.toString())
        .contains("\"edge-3\" is no part (expected: one of postgres, temporal, pebble, sandbox,");
  }

  @Test
  void aWrongOffsetEndsWithItsReason() {
    assertThat(line.execute("status", "--port-offset", "-1")).isEqualTo(1);
    assertThat(errors.toString()).contains("port offset: -1 (expected: 0 to 40000)");
  }
}
