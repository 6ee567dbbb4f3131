package io.nameplate.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nameplate.e2e.kit.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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
