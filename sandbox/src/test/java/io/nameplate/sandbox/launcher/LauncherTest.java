package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  @Test
  void everythingBehindAnOperatorsVerbIsTheApps() {
    assertThat(AppCommands.untouched("clusters", "add", "x", "--zone", "z", "--port-offset", "200"))
        .containsExactly("--port-offset", "200", "clusters", "--", "add", "x", "--zone", "z");
    assertThat(AppCommands.untouched("--port-offset", "200", "clusters", "add", "--help"))
        .containsExactly("--port-offset", "200", "clusters", "--", "add", "--help");
    assertThat(AppCommands.untouched("nodes", "drain", "edge-1", "--cluster", "x"))
        .containsExactly("nodes", "--", "drain", "edge-1", "--cluster", "x");
    assertThat(AppCommands.untouched("stop", "clusters", "--help"))
        .containsExactly("stop", "clusters", "--help");
    line.parseArgs(AppCommands.untouched("clusters", "add", "--zone", "z", "--port-offset=200"));
    assertThat(launcher.workspace().data()).isEqualTo(Path.of("/checkout/.nameplate/200"));
  }

  @Test
  void anOperatorsCommandBeforeUpSaysWhatComesFirst(@TempDir Path root) {
    var here =
        new Launcher(root, root.resolve("stage"), new PrintStream(new ByteArrayOutputStream()));
    int exit =
        Launcher.commandLine(here)
            .setErr(new PrintWriter(errors))
            .execute(AppCommands.untouched("teams", "add", "acme"));
    assertThat(exit).isEqualTo(1);
    assertThat(errors.toString())
        .contains("nothing runs here: ")
        .contains("nameplate up` comes first");
    assertThat(root.resolve(".nameplate")).doesNotExist();
  }

  @Test
  void theEdgesBenchesHaveTheirOwnOptions() {
    var bench = Objects.requireNonNull(line.getSubcommands().get("bench"));
    line.parseArgs(AppCommands.untouched("bench", "edge", "--help", "--port-offset", "200"));
    assertThat(bench.getUnmatchedArguments()).containsExactly("edge", "--help");
    line.parseArgs(AppCommands.untouched("bench", "activate", "--domains", "5"));
    assertThat(bench.getUnmatchedArguments()).containsExactly("activate", "--domains", "5");
    assertThat(AppCommands.untouched("bench", "--help")).containsExactly("bench", "--help");
  }

  @Test
  void resetAsks(@TempDir Path root) throws IOException {
    var workspace = new Workspace(root, 0);
    workspace.create();
    Files.writeString(workspace.demoKey(), "np_live_x\n");
    var in = System.in;
    try {
      System.setIn(new ByteArrayInputStream("no\n".getBytes(StandardCharsets.UTF_8)));
      assertThat(reset(root)).isEqualTo(1);
      assertThat(workspace.demoKey()).exists();
      System.setIn(new ByteArrayInputStream("y\n".getBytes(StandardCharsets.UTF_8)));
      assertThat(reset(root)).isZero();
      assertThat(workspace.data()).doesNotExist();
    } finally {
      System.setIn(in);
    }
  }

  private static int reset(Path root) {
    var here =
        new Launcher(root, root.resolve("stage"), new PrintStream(new ByteArrayOutputStream()));
    return Launcher.commandLine(here).execute("reset");
  }
}
