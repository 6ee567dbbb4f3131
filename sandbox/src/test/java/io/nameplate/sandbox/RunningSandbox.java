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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import picocli.CommandLine;

/// The whole sandbox on free ports, and the HTTP client of a test.
public final class RunningSandbox implements AutoCloseable {
  private static final List<String> DNS =
      List.of("127.0.53.1", "127.0.53.2", "127.0.53.3", "127.0.53.4", "127.0.53.53");

  /// Counts on, so that no two are the same, from a number that other tests begin at hardly ever.
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(8_000));

  private final Sandbox sandbox;
  private final HttpClient http = HttpClient.newHttpClient();
  public final Ports ports;

  /// Free ports, known before anything starts.
  ///
  /// @param origins the first of six
  public record Ports(int control, int acme, int origins, int dns, int edgeHttp, int edgeHttps) {
    public static Ports free() {
      return new Ports(
          RunningSandbox.free("127.0.0.1"),
          RunningSandbox.free("127.0.0.1"),
          firstOfSix(),
          freeForDns(),
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

  /// A port that is free now, and below those that the system gives to outgoing connections, any of
  /// which could take one of those before its server does.
  public static int free(String address) {
    return firstFree(port -> isFree(address, port));
  }

  /// The same for UDP and TCP at all addresses of the sandbox's DNS.
  public static int freeForDns() {
    return firstFree(port -> DNS.stream().allMatch(address -> isFreeForBoth(address, port)));
  }

  private static int firstOfSix() {
    return firstFree(
        first -> IntStream.range(first, first + 6).allMatch(port -> isFree("127.0.80.1", port)));
  }

  private static int firstFree(IntPredicate isFree) {
    for (int tries = 0; tries < 1_000; tries++) {
      int port = 24_000 + NEXT.getAndAdd(6) % 8_000;
      if (isFree.test(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port");
  }

  private static boolean isFree(String address, int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.ofLiteral(address))) {
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  private static boolean isFreeForBoth(String address, int port) {
    try (var _ = new DatagramSocket(port, InetAddress.ofLiteral(address))) {
      return isFree(address, port);
    } catch (IOException taken) {
      return false;
    }
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
