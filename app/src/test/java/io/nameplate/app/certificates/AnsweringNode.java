package io.nameplate.app.certificates;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// What a node does about HTTP-01, straight from the record.
final class AnsweringNode implements AutoCloseable {
  private static final String PATH = "/.well-known/acme-challenge/";

  private final TestRecord record;
  private final HttpServer server;
  private volatile boolean answering = true;

  AnsweringNode(TestRecord record) throws IOException {
    this.record = record;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(PATH, this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  void stopAnswering() {
    answering = false;
  }

  void answerAgain() {
    answering = true;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var token = exchange.getRequestURI().getPath().substring(PATH.length());
      var host = exchange.getRequestHeaders().getFirst("Host").replaceAll(":.*", "");
      var values =
          record.texts(
              "select value from answer where hostname = '%s' and token = '%s' and not removed"
                  .formatted(host, token));
      if (values.isEmpty() || !answering) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      var body = values.getFirst().getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
