package io.nameplate.sandbox.acme;

import static org.awaitility.Awaitility.await;

import io.nameplate.sandbox.RunningSandbox;
import io.nameplate.sandbox.tls.SmallAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A real Pebble on free ports: the one the launcher has built, else built here from the Go
/// modules.
final class PebbleProcess {
  private static final Path MODULE = Path.of("pebble");
  private static final Path LAUNCHER_BUILDS = Path.of("..", ".nameplate", "parts");

  private final Process process;

  /// What it needs to know before it starts.
  ///
  /// @param httpPort where it looks for answers to HTTP-01
  /// @param dnsPort of the sandbox's resolver
  record Places(int port, int managementPort, int httpPort, int dnsPort) {
    URI acme() {
      return URI.create("https://127.0.0.1:" + port);
    }

    URI management() {
      return URI.create("https://127.0.0.1:" + managementPort);
    }

    /// The PEM file that its own HTTPS certificate leads to.
    static Path authority(Path directory) {
      return directory.resolve("pebble-ca.pem");
    }
  }

  private PebbleProcess(Process process) {
    this.process = process;
  }

  static PebbleProcess start(Path directory, Places places)
      throws IOException, InterruptedException {
    writeCertificate(directory);
    var configuration = directory.resolve("pebble.json");
    Files.writeString(configuration, configuration(directory, places));
    var command =
        new ProcessBuilder(
                binary().toString(),
                "-config",
                configuration.toString(),
                "-dnsserver",
                "127.0.53.53:" + places.dnsPort())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("pebble.log").toFile());
    command.environment().put("PEBBLE_VA_NOSLEEP", "1");
    var pebble = new PebbleProcess(command.start());
    await()
        .atMost(Duration.ofMinutes(3))
        .ignoreExceptions()
        .until(() -> {
          new Socket(InetAddress.ofLiteral("127.0.0.1"), places.port()).close();
          return true;
        });
    return pebble;
  }

  private static void writeCertificate(Path directory) throws IOException {
    var authority = SmallAuthority.in(directory, "pebble-ca");
    KeyPair key = SmallAuthority.newKey();
    var validity = SmallAuthority.Validity.lasting(Duration.ofDays(1), Instant.now());
    var certificate = authority.issue(List.of("127.0.0.1"), key.getPublic(), validity);
    Files.writeString(directory.resolve("cert.pem"), SmallAuthority.pem(certificate));
    var base64 = Base64.getMimeEncoder().encodeToString(key.getPrivate().getEncoded());
    Files.writeString(
        directory.resolve("key.pem"),
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n".formatted(base64));
  }

  private static String configuration(Path directory, Places places) {
    return """
    {"pebble": {
      "listenAddress": "127.0.0.1:%d",
      "managementListenAddress": "127.0.0.1:%d",
      "certificate": "%s",
      "privateKey": "%s",
      "httpPort": %d,
      "tlsPort": 1,
      "ocspResponderURL": "",
      "externalAccountBindingRequired": false,
      "retryAfter": {"authz": 0, "order": 0},
      "keyAlgorithm": "ecdsa",
      "profiles": {"default": {"description": "90 days", "validityPeriod": 7776000}}
    }}
    """
        .formatted(
            places.port(),
            places.managementPort(),
            directory.resolve("cert.pem"),
            directory.resolve("key.pem"),
            places.httpPort());
  }

  private static Path binary() throws IOException, InterruptedException {
    var built = newestOfLauncher();
    if (built.isPresent()) {
      return built.get();
    }
    var target = Path.of("target", "pebble").toAbsolutePath();
    var build =
        new ProcessBuilder(
                "go",
                "build",
                "-o",
                target.toString(),
                "github.com/letsencrypt/pebble/v2/cmd/pebble")
            .directory(MODULE.toFile())
            .inheritIO()
            .start();
    if (build.waitFor() != 0) {
      throw new IOException("go build of Pebble failed with %d".formatted(build.exitValue()));
    }
    return target;
  }

  private static Optional<Path> newestOfLauncher() throws IOException {
    if (!Files.isDirectory(LAUNCHER_BUILDS)) {
      return Optional.empty();
    }
    try (var folders = Files.list(LAUNCHER_BUILDS)) {
      return folders
          .filter(folder -> folder.getFileName().toString().startsWith("pebble-"))
          .map(folder -> folder.resolve("pebble"))
          .filter(Files::isExecutable)
          .max(Comparator.comparingLong(file -> file.toFile().lastModified()));
    }
  }

  static Places places(RunningSandbox.Ports ports) throws IOException {
    return new Places(
        RunningSandbox.free("127.0.0.1"),
        RunningSandbox.free("127.0.0.1"),
        ports.edgeHttp(),
        ports.dns());
  }

  void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }
}
