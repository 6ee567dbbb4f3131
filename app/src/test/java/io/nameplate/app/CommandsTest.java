package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nameplate.record.RecordUnavailableException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// What commands say before they have asked the database, and when it does not answer.
class CommandsTest {
  private static final Instant NOW = Instant.parse("2027-01-01T12:00:00Z");

  @ParameterizedTest
  @ValueSource(strings = {"edge nameplate", "", "edge..net", "*.edge.net", "edge_1.net", "ü.de"})
  void refusesAZoneThatIsNoName(String zone) {
    assertThat(said("clusters", "add", "c", "--zone", zone, "--address", "192.0.2.1"))
        .startsWith("--zone: \"" + zone + "\" (expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"edge.example.net", "192.0.2", "192.0.2.256", "", "2001:db8::g"})
  void refusesAnAddressThatIsNone(String address) {
    assertThat(
            said("clusters", "add", "c", "--zone", "edge.net", "--address", address + ",192.0.2.1"))
        .startsWith("--address: \"" + address + "\" (expected: ");
  }

  @Test
  void refusesAPortThatIsNone() {
    assertThat(
            said(
                "clusters",
                "add",
                "c",
                "--zone",
                "e.net",
                "--address",
                "192.0.2.1",
                "--http-port",
                "0"))
        .isEqualTo("--http-port: 0 (expected: 1 to 65535)");
  }

  @Test
  void refusesIdsAndScopesThatAreNone() {
    assertThat(said("keys", "revoke", "np_live_x")).isEqualTo("There is no key np_live_x.");
    assertThat(said("keys", "add", "acme", "--scope", "domains:read,domains:eat"))
        .startsWith("--scope: \"domains:eat\" (expected: domains:read, ");
    assertThat(said("domains", "transfer", "dom_1")).isEqualTo("There is no domain dom_1.");
    assertThat(said("teams", "strict-proof", "acme", "maybe"))
        .isEqualTo("\"maybe\" (expected: on or off)");
  }

  @Test
  void saysWhichNodesWereNotComparedWhenOrdersAreResumed() {
    assertThatCode(() -> Main.commandLine().parseArgs("clusters", "resume-orders", "shared"))
        .doesNotThrowAnyException();
    assertThat(ClustersCommand.resumed("shared", List.of()))
        .isEqualTo("Orders of shared were not paused.");
    assertThat(ClustersCommand.resumed("shared", List.of("edge-1", "edge-2")))
        .contains("in shared again")
        .endsWith("edge-1, edge-2.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"revoke", "drain", "undrain", "confirm-removals"})
  void ordersANodeByItsIdOrByItsNameWithinACluster(String order) {
    assertThatCode(
            () -> {
              Main.commandLine().parseArgs("nodes", order, "edge-1");
              Main.commandLine().parseArgs("nodes", order, "edge-1", "--cluster", "shared");
            })
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> Main.commandLine().parseArgs("nodes", order))
        .hasMessageContaining("NODE");
  }

  @Test
  void refusesARolloutThatCannotBe() {
    assertThat(said("rollouts", "policy", "shared", "--max-connections-per-source", "-1"))
        .isEqualTo("\"-1\" (expected: a whole number from 0 on, 0 being no limit, or \"default\")");
    assertThat(said("rollouts", "policy", "shared", "--minutes", "0"))
        .isEqualTo("watched: PT0S (expected: more than 0)");
    assertThat(said("rollouts", "policy", "shared", "--margin", "100.1"))
        .isEqualTo("margin: 1001 in a thousand (expected: 0 to 1000)");
    assertThat(said("rollouts", "policy", "shared", "--margin", "0.25"))
        .isEqualTo("--margin: 0.25 (expected: per cent, to one decimal place)");
  }

  @ParameterizedTest
  @CsvSource({
    "2027-06-30,           2027-07-01T00:00:00Z",
    "2027-01-01,           2027-01-02T00:00:00Z",
    "2027-06-30T12:00:00Z, 2027-06-30T12:00:00Z",
    "90d,                  2027-04-01T12:00:00Z",
    "12h,                  2027-01-02T00:00:00Z",
  })
  void readsWhenAKeyExpires(String text, Instant at) {
    assertThat(KeysCommand.expiry(text, NOW)).isEqualTo(at);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "soon", "0d", "2026-12-31", "2027-01-01T12:00:00Z", "2027-13-01", "-1d"})
  void refusesAnExpiryThatIsNoneOrPast(String text) {
    assertThatThrownBy(() -> KeysCommand.expiry(text, NOW))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("--expires: ");
  }

  @Test
  void saysInOneLineThatTheDatabaseDoesNotAnswer() {
    var said = new StringWriter();
    var line = Main.commandLine().addSubcommand(new Unlucky()).setErr(new PrintWriter(said, true));
    assertThat(line.execute("unlucky")).isEqualTo(1);
    assertThat(said.toString().lines()).containsExactly("PostgreSQL cannot be asked: refused");
  }

  @Command(name = "unlucky")
  private static final class Unlucky implements Runnable {
    @Override
    public void run() {
      throw new RecordUnavailableException(
          "PostgreSQL cannot be asked: refused\n  Hint: is it running?",
          new IllegalStateException());
    }
  }

  private static String said(String... arguments) {
    var said = new StringWriter();
    CommandLine line = Main.commandLine().setErr(new PrintWriter(said, true));
    assertThat(line.execute(arguments)).isEqualTo(1);
    var lines = List.copyOf(said.toString().lines().toList());
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }
}
