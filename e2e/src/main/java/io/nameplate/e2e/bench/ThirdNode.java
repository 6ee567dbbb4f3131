package io.nameplate.e2e.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nameplate.e2e.kit.Installation;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One more edge node of a copy's cluster, beside the two that it has, from the same program.
final class ThirdNode implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// The next address after those of the copy's own nodes, which have the same ports.
  private static final String HOST = "127.0.1.3";

  private static final long LONGEST_END_SECONDS = 60;

  private final Process process;
  private final URI readiness;
  private final HttpClient http = HttpClient.newHttpClient();

  /// Joins the copy's cluster.
  ///
  /// @param control the edge listener
  /// @param token a file with a join token
  /// @throws IOException if this process was not started by `./nameplate bench`
  ThirdNode(Installation copy, String control, Path token, Path folder) throws IOException {
    var program = System.getProperty("nameplate.edge");
    if (program == null) {
      throw new IOException("nameplate.edge is not set (expected: `./nameplate bench feed`)");
    }
    var edge = copy.places().edges().getFirst();
    var https = port(edge.https());
    // docs/sandbox.md: the admin port is three above the one for HTTPS.
    var admin = HOST + ":" + (https + 3);
    readiness = URI.create("http://" + admin + "/readyz");
    process =
        new ProcessBuilder(
                List.of(
                    program,
                    "run",
                    "--data",
                    Files.createDirectory(folder.resolve("data")).toString(),
                    "--name",
                    "bench-third",
                    "--https-address",
                    HOST + ":" + https,
                    "--http-address",
                    HOST + ":" + port(edge.http()),
                    "--admin-address",
                    admin,
                    "--control",
                    control,
                    "--join-token-file",
                    token.toString(),
                    "--drain-delay",
                    "0s"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
  }

  private static int port(String hostAndPort) {
    return Integer.parseInt(hostAndPort.substring(hostAndPort.lastIndexOf(':') + 1));
  }

  /// How many names it has; 0 while it has not begun.
  ///
  /// @throws IOException if it ended
  int names() throws IOException, InterruptedException {
    if (!process.isAlive()) {
      throw new IOException("the third node ended with " + process.exitValue());
    }
    try {
      var answer =
          http.send(
              HttpRequest.newBuilder(readiness).build(), HttpResponse.BodyHandlers.ofString());
      return JSON.readTree(answer.body()).path("names").asInt();
    } catch (ConnectException notYet) {
      return 0;
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
