package io.nameplate.sandbox;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/// The whole sandbox on free ports, and the HTTP client of a test.
public final class RunningSandbox implements AutoCloseable {
  private final Sandbox sandbox;
  private final HttpClient http = HttpClient.newHttpClient();
  public final Ports ports;

  /// Free ports, known before anything starts.
  ///
  /// @param origins the first of six
  public record Ports(int control, int acme, int origins, int dns, int edgeHttp, int edgeHttps) {
    public static Ports free() throws IOException {
      return new Ports(
          RunningSandbox.free("127.0.0.1"),
          RunningSandbox.free("127.0.0.1"),
          firstOfSix(),
          freeDatagram(),
          RunningSandbox.free("127.0.81.1"),
          RunningSandbox.free("127.0.81.1"));
    }
  }

  public RunningSandbox(Path data, Ports ports, String... options) throws IOException {
    this.ports = ports;
    var all = new ArrayList<>(List.of(options));
    all.addAll(
        List.of(
            "--data=" + data,
            "--control-port=" + ports.control(),
            "--acme-port=" + ports.acme(),
            "--origins-port=" + ports.origins(),
            "--dns-port=" + ports.dns(),
            "--edge-http-port=" + ports.edgeHttp(),
            "--edge-https-port=" + ports.edgeHttps()));
    this.sandbox =
        Sandbox.start(
            CommandLine.populateCommand(new SandboxOptions(), all.toArray(String[]::new)));
  }

  public static int free(String address) throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral(address))) {
      return socket.getLocalPort();
    }
  }

  private static int freeDatagram() throws IOException {
    try (var socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.53.53"))) {
      return socket.getLocalPort();
    }
  }

  private static int firstOfSix() throws IOException {
    while (true) {
      int first = free("127.0.80.1");
      if (areFree(first + 1, first + 5)) {
        return first;
      }
    }
  }

  private static boolean areFree(int from, int to) {
    for (int port = from; port <= to; port++) {
      try (var socket = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.80.1"))) {
        socket.setReuseAddress(true);
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  public URI control(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(ports.control(), path));
  }

  public HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(control(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(control(path)).build());
  }

  public HttpResponse<String> get(URI uri, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.close();
    sandbox.close();
  }
}
