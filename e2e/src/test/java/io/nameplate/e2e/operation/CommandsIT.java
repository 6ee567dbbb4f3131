package io.nameplate.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Places;
import io.nameplate.sdk.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher's commands, as a person in a shell meets them.
@Tag("quick")
final class CommandsIT {
  private final Installation here = Installation.shared();

  @Test
  void envPrintsExactlyWhatScriptsAreToldToExpect() throws Exception {
    var json = new ObjectMapper().readTree(here.launcher().run("env", "--json"));
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "api_url",
            "api_key",
            "dashboard_url",
            "temporal_ui_url",
            "ca_root",
            "dns",
            "sandbox_url",
            "origins",
            "edges");
    assertThat(json.path("origins").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("plain", "tls", "echo", "websocket", "slow", "failing");
    assertThat(json.path("edges")).hasSize(2);
    assertThat(Files.readString(here.places().caRoot())).contains("BEGIN CERTIFICATE");
  }

  @Test
  void upIsContentWithWhatRunsAlready() throws Exception {
    var before = processes();
    assertThat(before).hasSize(9);

    here.launcher().run("up", "--background");

    assertThat(processes()).as("the same processes run").isEqualTo(before);
    assertThat(before.values()).allSatisfy(pid -> assertThat(ProcessHandle.of(pid)).isPresent());
  }

  /// The process of each part, as the copy's files name them.
  private Map<String, Long> processes() throws IOException {
    var all = new TreeMap<String, Long>();
    try (var files = Files.list(here.launcher().data().resolve("pids"))) {
      for (var file : files.toList()) {
        all.put(file.getFileName().toString(), Long.parseLong(Files.readAllLines(file).getFirst()));
      }
    }
    return all;
  }

  @Test
  void anUnknownPartIsNamedWithThePartsThereAre() {
    var result = here.launcher().tryRun("stop", "edge-9");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr()).contains("edge-9", "edge-1", "postgres");
  }

  @Test
  void aNewTeamsKeyIsAllThatIsPrinted() {
    var key = here.launcher().run("teams", "add", Installation.freshName());
    assertThat(key).matches("np_live_[A-Za-z0-9]+");
    assertThat(here.client(key).domains().list()).isEmpty();
  }

  /// The node is at the copy's third address, of a cluster that is its team's alone: nobody else
  /// here waits for it.
  @Test
  void aMachineJoinsByOnePastedLineServesAndIsStopped(@TempDir Path elsewhere) throws Exception {
    var name = Installation.freshName();
    var nameplate = here.client(here.launcher().run("teams", "add", name));
    var first = here.places().edges().getFirst();
    var third =
        new Places.Edge(
            "third", "127.0.1.3:" + port(first.https()), "127.0.1.3:" + port(first.http()));
    here.sandbox().set("*.edge." + name, "A", "127.0.1.3");
    var cluster =
        here.launcher()
            .run(
                "clusters",
                "add",
                name,
                "--team",
                name,
                "--zone",
                "edge." + name,
                "--address",
                "127.0.1.3",
                "--https-port",
                port(third.https()),
                "--http-port",
                port(third.http()));
    var token = nameplate.clusters().createJoinToken(cluster);
    var line =
        token.command().orElseThrow() + " --background --drain-delay 0s --name third --data ";
    var data = elsewhere.resolve("node").toString();
    try {
      var joined = here.launcher().paste(line + data);
      assertThat(joined.exitCode()).as(joined.stderr()).isZero();
      assertThat(joined.stdout()).contains("of cluster " + cluster).contains(third.https());
      assertThat(joined.stdout() + joined.stderr()).doesNotContain(token.token());

      var domain = nameplate.domains().add("shop." + name, here.places().origin("plain"));
      here.sandbox().setRecordsOf(domain);
      nameplate.domains().waitUntilActive(domain.id(), Duration.ofMinutes(2));
      assertThat(nameplate.clusters().nodes(cluster))
          .extracting(Node::name, Node::httpsAddress)
          .containsExactly(tuple("third", third.https()));
      try (var visitor = here.visitor(third)) {
        assertThat(visitor.https(domain.hostname(), "/").status()).isEqualTo(200);
      }

      var again =
          here.launcher().tryRun("edge", "join", "--background", "--name", "third", "--data", data);
      assertThat(again.exitCode()).as(again.stderr()).isZero();
      assertThat(again.stderr()).contains("runs already");
      here.launcher().run("edge", "stop", "--name", "third", "--data", data);
      var spent = here.launcher().paste(line + elsewhere.resolve("another"));
      assertThat(spent.exitCode()).isEqualTo(1);
      assertThat(spent.stderr()).contains("the join token was used by another node already");

      here.launcher().run("edge", "join", "--background", "--name", "third", "--data", data);
      try (var visitor = here.visitor(third)) {
        assertThat(visitor.https(domain.hostname(), "/").status()).isEqualTo(200);
      }
      nameplate.domains().remove(domain.id());
    } finally {
      here.launcher().run("edge", "stop", "--name", "third", "--data", data);
    }
  }

  private static String port(String hostAndPort) {
    return hostAndPort.substring(hostAndPort.lastIndexOf(':') + 1);
  }

  @Test
  void badDnsInputIsRefusedWithASentenceAndAnExitCode() {
    var result =
        here.launcher().tryRun("sandbox", "dns", "set", "shop.acme.com", "A", "not-an-address");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stderr()).contains("not-an-address");
  }

  @Test
  void versionIsToldByEveryProgram() {
    assertThat(here.launcher().run("--version")).contains("0.1.0");
  }
}
