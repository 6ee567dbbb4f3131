package io.nameplate.sandbox.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server through which the sandbox is told what to play. Wrong input is answered with a
/// problem document (RFC 9457) that names the field.
public final class ControlServer implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
  private static final int MAX_BODY_BYTES = 64 << 20;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Route> routes;

  private ControlServer(HttpServer server, List<Route> routes) {
    this.server = server;
    this.routes = List.copyOf(routes);
  }

  public static ControlServer start(InetSocketAddress address, List<Route> routes)
      throws IOException {
    var http = HttpServer.create(address, 256);
    var control = new ControlServer(http, routes);
    http.setExecutor(control.threads);
    http.createContext("/", control::serve);
    http.start();
    return control;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply;
      try {
        reply = answer(exchange);
      } catch (InputException e) {
        reply = problem(422, "Invalid input", String.valueOf(e.getMessage()), e.field());
      } catch (Exception e) {
        LOG.error("A control request failed path={}", exchange.getRequestURI(), e);
        reply = problem(500, "The sandbox failed", e.toString(), "");
      }
      write(exchange, reply);
    }
  }

  private Reply answer(HttpExchange exchange) throws Exception {
    var path = exchange.getRequestURI().getPath();
    var there = routes.stream().filter(route -> route.isFor(path)).toList();
    var wanted =
        there.stream()
            .filter(route -> route.method().equals(exchange.getRequestMethod()))
            .findFirst();
    if (wanted.isEmpty()) {
      return there.isEmpty()
          ? problem(404, "Not found", "nothing is at " + path, "")
          : problem(405, "Method not allowed", exchange.getRequestMethod() + " " + path, "");
    }
    var body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES);
    var call = new Call(exchange.getRequestURI(), new String(body, StandardCharsets.UTF_8));
    return wanted.get().action().on(call);
  }

  private static Reply problem(int status, String title, String detail, String field) {
    var errors =
        field.isEmpty() ? List.of() : List.of(Map.of("pointer", "/" + field, "detail", detail));
    return new Reply(
        status,
        Map.of(
            "type", "about:blank",
            "title", title,
            "status", status,
            "detail", field.isEmpty() ? detail : field + ": " + detail,
            "errors", errors));
  }

  private static void write(HttpExchange exchange, Reply reply) throws IOException {
    var headers = exchange.getResponseHeaders();
    // This server closes quiet connections after half a minute, and many clients keep them as long:
    // a request that is sent at that moment would be lost.
    headers.set("Connection", "close");
    if (reply.status() == 204) {
      exchange.sendResponseHeaders(204, -1);
      return;
    }
    boolean isProblem = reply.status() >= 400;
    headers.set("Content-Type", isProblem ? "application/problem+json" : "application/json");
    var json = Call.JSON.writeValueAsBytes(reply.body());
    exchange.sendResponseHeaders(reply.status(), json.length);
    exchange.getResponseBody().write(json);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
