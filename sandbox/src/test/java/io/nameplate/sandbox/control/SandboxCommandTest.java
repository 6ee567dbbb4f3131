package io.nameplate.sandbox.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.sandbox.RunningSandbox;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line against a running sandbox.
@Isolated("it looks at the process's stdout and stderr")
class SandboxCommandTest {
  @TempDir private static Path data;
  private static RunningSandbox sandbox;

  @Command(name = "nameplate", subcommands = SandboxCommand.class)
  private record Parent(URI controlUrl) implements ControlPlace {}

  private record Ran(int exitCode, String out, String err) {}

  @BeforeAll
  static void start() throws Exception {
    sandbox = new RunningSandbox(data, RunningSandbox.Ports.free());
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  private static Ran run(URI place, String... arguments) {
    var out = System.out;
    var err = System.err;
    var told = new ByteArrayOutputStream();
    var complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    try {
      int code = new CommandLine(new Parent(place)).execute(arguments);
      return new Ran(
          code, told.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static Ran run(String... arguments) {
    return run(sandbox.control("/"), arguments);
  }

  @Test
  void setsListsAndUnsets() {
    assertThat(run("sandbox", "dns", "set", "acme.com", "TXT", "one; two", "v=spf1 -all"))
        .isEqualTo(new Ran(0, "", ""));
    run("sandbox", "dns", "set", "acme.com", "CAA", "0 issue \"pebble.sandbox\"", "--ttl", "60");
    run("sandbox", "dns", "fault", "acme.com", "bogus");

    assertThat(run("sandbox", "dns", "list", "acme.com").out())
        .isEqualTo(
            """
            acme.com. 5 IN TXT "one; two"
            acme.com. 5 IN TXT "v=spf1 -all"
            acme.com. 60 IN CAA 0 issue "pebble.sandbox"
            ; fault acme.com. bogus
            """);
    assertThat(run("sandbox", "dns", "unset", "acme.com").exitCode()).isZero();
    assertThat(run("sandbox", "dns", "list", "acme.com").out())
        .isEqualTo("; fault acme.com. bogus\n");
  }

  @Test
  void saysInOneLineWhatIsWrong() {
    var ran = run("sandbox", "dns", "set", "acme.com", "A", "192.0.2.256");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("nameplate: values/0: \"192.0.2.256\" is no A record");
    assertThat(ran.err().lines()).hasSize(1);
  }

  @Test
  void saysThatTheSandboxIsNotThere() throws Exception {
    int nobody = RunningSandbox.free("127.0.0.1");

    var ran = run(URI.create("http://127.0.0.1:" + nobody), "sandbox", "dns", "list");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("does not answer").hasLineCount(1);
  }

  @Test
  void refusesCommandsThatLackAnArgument() {
    assertThat(run("sandbox", "dns", "set", "acme.com", "A").exitCode()).isEqualTo(2);
    assertThat(run("sandbox", "dns", "fault", "acme.com").exitCode()).isEqualTo(2);
  }

  @Test
  void spoilsTheCaAndHealsIt() {
    var added = run("sandbox", "acme", "fault", "rate-limited", "--count", "2");
    assertThat(added.out()).contains("\"fault\" : \"rate-limited\"");
    assertThat(run("sandbox", "acme", "fault", "none").exitCode()).isZero();
    assertThat(run("sandbox", "acme", "faults").out()).doesNotContain("rate-limited");
  }

  @Test
  void spoilsOriginsTheForeignProxyAndNetworks() {
    assertThat(run("sandbox", "origins", "set", "plain", "--status", "503").out())
        .contains("\"status\" : 503");
    assertThat(run("sandbox", "origins", "set", "plain").out()).contains("\"status\" : null");
    assertThat(run("sandbox", "foreign-proxy", "--mode", "not-ours").out()).contains("not-ours");
    assertThat(run("sandbox", "foreign-proxy", "--mode", "pass").out()).contains("pass");
    assertThat(run("sandbox", "tcp", "add", "127.0.0.1:9").out()).contains("\"mode\" : \"pass\"");
    assertThat(run("sandbox", "tcp", "set", "127.0.0.1:1", "cut").err())
        .contains("nothing listens at");
  }
}
