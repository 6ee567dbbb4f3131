package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is judged before a node is built or anybody is asked.
final class EdgeCommandTest {
  private static final String CONTROL = "https://127.0.0.1:14001";
  private static final EdgeNode.Given NOTHING =
      new EdgeNode.Given(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());

  @TempDir private Path folder = Path.of("");

  private final StringWriter errors = new StringWriter();

  @Test
  void theControlPlanesAddressIsEnough() {
    assertThat(EdgeOptions.of(given(CONTROL), Optional.empty()).arguments())
        .containsExactly(
            "--https-address",
            "127.0.0.1:443",
            "--http-address",
            "127.0.0.1:80",
            "--admin-address",
            "127.0.0.1:9900",
            "--control",
            CONTROL);
  }

  @Test
  void whatWasSaidOnceNeedNotBeSaidAgain() {
    var first =
        EdgeOptions.of(
            new EdgeNode.Given(
                Optional.of(CONTROL),
                Optional.of("127.0.1.3"),
                Optional.of(14_011),
                Optional.of(14_012),
                Optional.of("127.0.1.3:14014"),
                List.of("--resolver", "127.0.53.53:14010", "--drain-delay=0s")),
            Optional.empty());
    first.write(folder.resolve("joined.properties"));

    var known = EdgeOptions.read(folder.resolve("joined.properties"));

    assertThat(known).contains(first);
    assertThat(EdgeOptions.of(NOTHING, known)).isEqualTo(first);
    assertThat(EdgeOptions.read(folder.resolve("nothing"))).isEmpty();
  }

  @Test
  void anIpv6AddressIsWrittenInBrackets() {
    var options =
        EdgeOptions.of(
            new EdgeNode.Given(
                Optional.of(CONTROL),
                Optional.of("2001:db8::7"),
                Optional.empty(),
                Optional.empty(),
                Optional.of("[::1]:9900"),
                List.of()),
            Optional.empty());
    assertThat(options.https()).hasToString("[2001:db8:0:0:0:0:0:7]:443");
    options.write(folder.resolve("joined.properties"));
    assertThat(EdgeOptions.read(folder.resolve("joined.properties"))).contains(options);
  }

  @Test
  void withoutAControlPlaneItSaysWhatIsMissing() {
    assertThat(join("--data", folder.toString())).isEqualTo(1);
    assertThat(errors.toString()).contains("--control is missing");
  }

  @Test
  void aValueThatCannotBeIsRefusedWithWhatWasExpected() {
    assertThat(join("--control", "http://control.example.net")).isEqualTo(1);
    assertThat(join("--control", CONTROL, "--address", "edge.example.net")).isEqualTo(1);
    assertThat(join("--control", CONTROL, "--address", "0.0.0.0")).isEqualTo(1);
    assertThat(join("--control", CONTROL, "--http-port", "0")).isEqualTo(1);
    assertThat(join("--control", CONTROL, "--admin-address", "9900")).isEqualTo(1);
    assertThat(join("--control", CONTROL, "--https-address", "127.0.0.1:443")).isEqualTo(1);
    assertThat(join("--control", CONTROL, "--name", "not a name")).isEqualTo(1);
    assertThat(errors.toString())
        .contains(
            "--control: \"http://control.example.net\" (expected: https://HOST:PORT)",
            "--address: \"edge.example.net\" (expected: an IPv4 or IPv6 address of this machine)",
            "--address: \"0.0.0.0\"",
            "--http-port: 0 (expected: 1 to 65535)",
            "--admin-address: \"9900\" (expected: an address and a port, such as 127.0.0.1:9900)",
            "--https-address is not for here",
            "--name: \"not a name\" (expected:");
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(join("--control", CONTROL, "--data", file.resolve("node").toString())).isEqualTo(1);
    assertThat(errors.toString()).contains(file.resolve("node") + " cannot be written");
  }

  @Test
  void aNodeThatJoinedStaysWhereTheControlPlaneLooksForIt() {
    EdgeOptions.of(given(CONTROL), Optional.empty()).write(folder.resolve("joined.properties"));
    assertThat(join("--data", folder.toString(), "--https-port", "8443")).isEqualTo(1);
    assertThat(errors.toString())
        .contains("this node joined as 127.0.0.1:443 and 127.0.0.1:80")
        .contains("join with a new token");
  }

  @Test
  void everyAddressThatIsTakenIsNamedAtOnce() throws IOException {
    try (var one = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        var other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var options =
          new EdgeOptions(
              CONTROL,
              new Address("127.0.0.1", one.getLocalPort()),
              new Address("127.0.0.1", other.getLocalPort()),
              new Address("127.0.0.1", other.getLocalPort()),
              List.of());
      assertThatThrownBy(() -> node().free(options))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("berlin: TCP port %s (HTTPS)".formatted(options.https()))
          .hasMessageContaining("berlin: TCP port %s (HTTP)".formatted(options.http()))
          .hasMessageContaining("It is held by process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void stoppingWhereNoNodeRunsIsNoMistake() {
    assertThat(run("edge", "stop", "--data", folder.toString())).isZero();
  }

  private EdgeNode node() {
    return new EdgeNode(
        new EdgeHome("berlin", folder),
        new Workspace(folder, 0),
        new Progress(new PrintStream(new ByteArrayOutputStream()), InstantSource.system()));
  }

  private static EdgeNode.Given given(String control) {
    return new EdgeNode.Given(
        Optional.of(control),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private int join(String... options) {
    var arguments = new java.util.ArrayList<>(List.of("edge", "join"));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  private int run(String... arguments) {
    var launcher =
        new Launcher(folder, folder.resolve("stage"), new PrintStream(new ByteArrayOutputStream()));
    return Launcher.commandLine(launcher).setErr(new PrintWriter(errors)).execute(arguments);
  }
}
