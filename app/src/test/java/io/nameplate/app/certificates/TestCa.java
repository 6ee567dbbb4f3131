package io.nameplate.app.certificates;

import io.nameplate.sandbox.acme.AcmeProxy;
import io.nameplate.sandbox.tls.SmallAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A real Pebble as a process of its own, behind the sandbox's proxy that can be told to misbehave.
/// It may be restarted, and then has forgotten everything, its roots included.
final class TestCa implements AutoCloseable {
  /// Counts on, so that no two are the same, from a number that other tests begin at hardly ever.
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(8_000));

  private final Path folder;
  private final SmallAuthority authority;
  private final int port = freePort();
  private final int managementPort = freePort();
  private final int httpPort;
  private final EveryNameHere dns;
  private final AcmeProxy proxy;
  private final int proxyPort = freePort();
  private int rejectedNoncesPercent = 5;
  private Process pebble;

  TestCa(Path folder, int httpPort) throws IOException {
    this.folder = folder;
    this.httpPort = httpPort;
    this.authority = SmallAuthority.in(folder, "acme-ca");
    this.dns = new EveryNameHere();
    writeFiles();
    this.pebble = startPebble();
    this.proxy =
        AcmeProxy.start(
            proxyPort,
            new AcmeProxy.Upstream(
                URI.create("https://127.0.0.1:" + port),
                URI.create("https://127.0.0.1:" + managementPort),
                Optional.of(trustFile())),
            authority);
  }

  URI directory() {
    return URI.create("https://127.0.0.1:%d/dir".formatted(proxyPort));
  }

  Path trustFile() {
    return folder.resolve("acme-ca.pem");
  }

  AcmeProxy proxy() {
    return proxy;
  }

  void restart() {
    try {
      pebble.destroyForcibly().waitFor();
      pebble = startPebble();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void restartRejectingNonces(int percent) {
    rejectedNoncesPercent = percent;
    restart();
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    pebble.destroyForcibly();
    dns.close();
  }

  /// Free now, and below the ports that the system gives to outgoing connections, any of which
  /// could take one of those before Pebble does.
  private static int freePort() {
    for (int tries = 0; tries < 100; tries++) {
      int port = 24_000 + NEXT.getAndIncrement() % 8_000;
      try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException taken) {
        // another one
      }
    }
    throw new IllegalStateException("no free port");
  }

  private void writeFiles() throws IOException {
    var pair = SmallAuthority.newKey();
    var certificate =
        authority.issue(
            List.of("127.0.0.1"),
            pair.getPublic(),
            SmallAuthority.Validity.lasting(Duration.ofDays(10), Instant.now()));
    Files.writeString(folder.resolve("pebble.pem"), SmallAuthority.pem(certificate));
    Files.writeString(
        folder.resolve("pebble.key"),
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                    .encodeToString(pair.getPrivate().getEncoded())));
    Files.writeString(
        folder.resolve("pebble.json"),
        """
        {"pebble": {
          "listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
          "certificate": "%s", "privateKey": "%s", "httpPort": %d, "tlsPort": 1,
          "domainBlocklist": ["blocked-domain.example"],
          "retryAfter": {"authz": 0, "order": 0}, "keyAlgorithm": "ecdsa",
          "profiles": {
            "default": {"description": "90 days", "validityPeriod": 7776000},
            "twominutes": {"description": "120 seconds", "validityPeriod": 120}
          }
        }}
        """
            .formatted(
                port,
                managementPort,
                folder.resolve("pebble.pem"),
                folder.resolve("pebble.key"),
                httpPort));
  }

  private Process startPebble() {
    try {
      var builder =
          new ProcessBuilder(
              program().toString(),
              "-config",
              folder.resolve("pebble.json").toString(),
              "-dnsserver",
              "127.0.0.1:" + dns.port());
      builder
          .environment()
          .putAll(
              Map.of(
                  "PEBBLE_VA_NOSLEEP",
                  "1",
                  "PEBBLE_WFE_NONCEREJECT",
                  String.valueOf(rejectedNoncesPercent)));
      builder.redirectErrorStream(true).redirectOutput(folder.resolve("pebble.log").toFile());
      var process = builder.start();
      awaitListening(process);
      return process;
    } catch (IOException e) {
      throw new IllegalStateException("Pebble does not start", e);
    }
  }

  private void awaitListening(Process process) {
    var until = Instant.now().plusSeconds(180);
    while (Instant.now().isBefore(until) && process.isAlive()) {
      try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        rest();
      }
    }
    throw new IllegalStateException("Pebble does not listen; see " + folder.resolve("pebble.log"));
  }

  private static void rest() {
    try {
      Thread.sleep(20); // leaves the processor to Pebble
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The program named by NAMEPLATE_PEBBLE, else built from the pinned module beside the sandbox,
  /// as the launcher builds it.
  private static Path program() throws IOException {
    var named = System.getenv("NAMEPLATE_PEBBLE");
    if (named != null) {
      return Path.of(named);
    }
    var built = Path.of("target", "pebble").toAbsolutePath();
    if (Files.notExists(built)) {
      build(built);
    }
    return built;
  }

  private static void build(Path program) throws IOException {
    var process =
        new ProcessBuilder(
                go(),
                "build",
                "-o",
                program.toString(),
                "github.com/letsencrypt/pebble/v2/cmd/pebble")
            .directory(Path.of("..", "sandbox", "pebble").toFile())
            .inheritIO()
            .start();
    try {
      if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException("go build of Pebble failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static String go() {
    return Stream.of("/usr/local/go/bin/go", "/usr/lib/go/bin/go")
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst()
        .orElse("go");
  }
}
