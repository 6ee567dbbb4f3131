package io.nameplate.sandbox.origins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.nameplate.sandbox.RunningSandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Customers' servers and the foreign proxy, visited over the network.
class OriginsTest {
  @TempDir private static Path data;
  private static RunningSandbox sandbox;

  @BeforeAll
  static void start() throws Exception {
    sandbox = new RunningSandbox(data, RunningSandbox.Ports.free(), "--edges=127.0.1.9");
  }

  @AfterAll
  static void stop() {
    sandbox.close();
  }

  private static URI at(Origin origin, String path) {
    return URI.create(
        "http://127.0.80.1:%d%s".formatted(origin.port(sandbox.ports.origins()), path));
  }

  @Test
  void eachOriginNamesItself() throws Exception {
    for (var origin : List.of(Origin.PLAIN, Origin.ECHO, Origin.WEBSOCKET, Origin.FAILING)) {
      var answer = sandbox.get(at(origin, "/"));
      assertThat(answer.headers().firstValue("X-Sandbox-Origin")).contains(origin.word());
      assertThat(answer.statusCode()).isEqualTo(origin == Origin.FAILING ? 500 : 200);
    }
  }

  @Test
  void echoTellsWhatItWasSent() throws Exception {
    var answer = sandbox.get(at(Origin.ECHO, "/a/b?c=d"), "X-Twice", "1", "X-Twice", "2");

    var json = new ObjectMapper().readTree(answer.body());
    assertThat(json.path("method").asText()).isEqualTo("GET");
    assertThat(json.path("path").asText()).isEqualTo("/a/b");
    assertThat(json.path("query").asText()).isEqualTo("c=d");
    assertThat(json.path("host").asText()).startsWith("127.0.80.1:");
    assertThat(json.path("headers").path("x-twice").toString()).isEqualTo("[\"1\",\"2\"]");
  }

  @Test
  void webSocketMessagesComeBack() throws Exception {
    var heard = new CompletableFuture<String>();
    try (var client = HttpClient.newHttpClient()) {
      var uri = URI.create(at(Origin.WEBSOCKET, "/chat").toString().replace("http:", "ws:"));
      var socket =
          client
              .newWebSocketBuilder()
              .buildAsync(
                  uri,
                  new WebSocket.Listener() {
                    @Override
                    public CompletionStage<Void> onText(
                        WebSocket from, CharSequence text, boolean isLast) {
                      heard.complete(text.toString());
                      return CompletableFuture.completedStage(null);
                    }
                  })
              .get(3, TimeUnit.MINUTES);
      socket.sendText("hello", true).get(3, TimeUnit.MINUTES);
      assertThat(heard.get(3, TimeUnit.MINUTES)).isEqualTo("hello");
      socket.abort();
    }
  }

  /// An upgrade as a browser asks for it; the answer up to the end of its headers.
  private static String upgraded(Origin origin) throws IOException {
    try (var socket = new Socket("127.0.80.1", origin.port(sandbox.ports.origins()))) {
      var request =
          """
          GET / HTTP/1.1\r
          Host: shop.acme.com\r
          Connection: Upgrade\r
          Upgrade: websocket\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
          \r
          """;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int c = socket.getInputStream().read();
        if (c < 0) {
          break;
        }
        head.append((char) c);
      }
      return head.toString();
    }
  }

  @Test
  void anUpgradeNamesItsOriginAndFollowsItsNature() throws Exception {
    assertThat(upgraded(Origin.WEBSOCKET)).contains(" 101 ", "X-Sandbox-Origin: websocket");
    assertThat(upgraded(Origin.SLOW)).contains(" 101 ", "X-Sandbox-Origin: slow");
    assertThat(upgraded(Origin.FAILING)).contains(" 500 ", "X-Sandbox-Origin: failing");
    try {
      sandbox.send("PUT", "/origins/websocket", "{\"status\":503}");
      assertThat(upgraded(Origin.WEBSOCKET)).contains(" 503 ");
      sandbox.send("PUT", "/origins/websocket", "{\"up\":false}");
      assertThat(upgraded(Origin.WEBSOCKET)).isEmpty();
    } finally {
      sandbox.send("PUT", "/origins/websocket", "{}");
    }
  }

  @Test
  void anOriginCanBeGivenAnotherNature() throws Exception {
    sandbox.send("PUT", "/origins/slow", "{\"delay_ms\":0,\"status\":418}");
    assertThat(sandbox.get(at(Origin.SLOW, "/")).statusCode()).isEqualTo(418);

    sandbox.send("PUT", "/origins/slow", "{\"up\":false}");
    assertThatThrownBy(() -> sandbox.get(at(Origin.SLOW, "/"))).isInstanceOf(IOException.class);

    sandbox.send("PUT", "/origins/slow", "{}");
    assertThat(sandbox.get("/origins/slow").body()).contains("\"up\":true", "\"delay_ms\":2000");
    assertThat(sandbox.get(at(Origin.SLOW, "/?ms=1")).statusCode()).isEqualTo(200);
  }

  @Test
  void streamsLineByLine() throws Exception {
    assertThat(sandbox.get(at(Origin.PLAIN, "/stream?chunks=3&ms=1")).body())
        .isEqualTo("chunk 1\nchunk 2\nchunk 3\n");
  }

  @Test
  void theTlsOriginHasACertificateOfTheOriginsAuthority() throws Exception {
    try (var socket =
        tls("127.0.80.1", Origin.TLS.port(sandbox.ports.origins()), Origin.TLS.hostname())) {
      assertThat(answer(socket, "tls.origins.sandbox")).contains("X-Sandbox-Origin: tls");
    }
  }

  private static HttpServer edge(String address) throws IOException {
    var edge =
        HttpServer.create(
            new InetSocketAddress(InetAddress.ofLiteral(address), sandbox.ports.edgeHttp()), 0);
    edge.createContext(
        "/",
        exchange -> {
          var text = exchange.getRequestHeaders().getFirst("Host") + " by the edge " + address;
          exchange.sendResponseHeaders(200, text.length());
          exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    edge.start();
    return edge;
  }

  @Test
  void theForeignProxyPassesOnToAnotherEdgeFromTheNextRequestOn() throws Exception {
    var one = edge("127.0.1.9");
    var two = edge("127.0.1.8");
    var host = "moving.acme.com:" + sandbox.ports.edgeHttp();
    try {
      for (int i = 0; i < 5; i++) {
        sandbox.send("PUT", "/foreign-proxy", "{\"edge\":\"127.0.1.9\"}");
        assertThat(visit(host)).contains("by the edge 127.0.1.9");
        sandbox.send("PUT", "/foreign-proxy", "{\"edge\":\"127.0.1.8\"}");
        assertThat(visit(host)).contains("by the edge 127.0.1.8");
      }
    } finally {
      sandbox.send("PUT", "/foreign-proxy", "{\"edge\":\"127.0.1.9\"}");
      one.stop(0);
      two.stop(0);
    }
  }

  @Test
  void theForeignProxyPassesOnRedirectsOrAnswersByItself() throws Exception {
    var edge = edge("127.0.1.9");
    var host = "shop.acme.com:" + sandbox.ports.edgeHttp();
    try {
      assertThat(visit(host)).contains("200 OK", host + " by the edge");
      sandbox.send("PUT", "/foreign-proxy", "{\"mode\":\"redirect-to-https\"}");
      assertThat(visit(host)).contains("301", "Location: https://shop.acme.com/x");
      sandbox.send("PUT", "/foreign-proxy", "{\"mode\":\"not-ours\"}");
      assertThat(visit(host)).contains("200 OK", "somebody else");
      try (var socket = tls("127.0.81.1", sandbox.ports.edgeHttps(), "shop.acme.com")) {
        assertThat(answer(socket, "shop.acme.com")).contains("200 OK", "somebody else");
      }
    } finally {
      sandbox.send("PUT", "/foreign-proxy", "{\"mode\":\"pass\"}");
      edge.stop(0);
    }
  }

  private static String visit(String host) throws IOException {
    try (var socket = new Socket("127.0.81.1", sandbox.ports.edgeHttp())) {
      return answer(socket, host);
    }
  }

  private static String answer(Socket socket, String host) throws IOException {
    var request = "GET /x HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(host);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /// A connection that trusts the origins' authority alone and checks the name.
  private static SSLSocket tls(String address, int port, String name) throws Exception {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(data.resolve("origins-ca.pem"))) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    var socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(new Socket(address, port), name, port, true);
    var parameters = new SSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
