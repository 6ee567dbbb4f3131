package io.nameplate.app.worker;

import io.nameplate.app.ConfigurationException;
import io.nameplate.app.Environment;
import io.nameplate.app.HostAndPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How the worker runs; each key is described in `docs/configuration.md`.
///
/// @param temporal host:port of Temporal's gRPC
/// @param address where health and metrics listen
/// @param runsAtOnce runs asked for and not ended; more only queue in Temporal
/// @param watchEvery how often a domain that is served is looked at
/// @param shards parts of the monitor, the same in every worker of an installation
/// @param looksAtOnce of one part
/// @param grace how long steps that run may go on after SIGTERM
/// @param faults where a sandbox writes down which step is to fail; empty: no step fails on purpose
record WorkerSettings(
    String temporal,
    String namespace,
    HostAndPort address,
    Path masterKey,
    int runsAtOnce,
    Duration watchEvery,
    int shards,
    int looksAtOnce,
    Duration grace,
    Optional<Path> faults) {

  static WorkerSettings read(Environment environment) {
    return new WorkerSettings(
        environment.text("NAMEPLATE_TEMPORAL_TARGET", "127.0.0.1:14003"),
        environment.text("NAMEPLATE_TEMPORAL_NAMESPACE", "default"),
        environment.address("NAMEPLATE_WORKER_ADDRESS", "127.0.0.1:14013"),
        environment.path("NAMEPLATE_MASTER_KEY_FILE"),
        environment.number("NAMEPLATE_RUNS_AT_ONCE", 20, 1),
        environment.duration("NAMEPLATE_MONITOR_INTERVAL", Duration.ofSeconds(60)),
        environment.number("NAMEPLATE_MONITOR_SHARDS", 2, 1),
        environment.number("NAMEPLATE_MONITOR_LOOKS_AT_ONCE", 12, 1),
        environment.duration("NAMEPLATE_SHUTDOWN_GRACE", Duration.ofSeconds(10)),
        faults(environment));
  }

  /// Steps fail on purpose only where somebody said twice that this is a sandbox.
  private static Optional<Path> faults(Environment environment) {
    var key = "NAMEPLATE_FAULTS_FILE";
    var file = environment.text(key).map(Path::of);
    if (file.isPresent() && !environment.flag("NAMEPLATE_SANDBOX", false)) {
      throw new ConfigurationException(key, "is for sandboxes (expected: NAMEPLATE_SANDBOX=true)");
    }
    return file;
  }
}
