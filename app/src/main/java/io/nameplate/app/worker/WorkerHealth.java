package io.nameplate.app.worker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.nameplate.app.HostAndPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/// `/health/live`, `/health/ready` and `/prometheus` of the worker.
final class WorkerHealth implements AutoCloseable {
  private final HttpServer server;
  private final PrometheusMeterRegistry meters;
  private final BooleanSupplier ready;

  WorkerHealth(HostAndPort address, PrometheusMeterRegistry meters, BooleanSupplier ready)
      throws IOException {
    this.meters = meters;
    this.ready = ready;
    server = HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      switch (exchange.getRequestURI().getPath()) {
        case "/health/live" -> text(exchange, 200, "{\"status\":\"UP\"}", "application/json");
        case "/health/ready" -> {
          var up = ready.getAsBoolean();
          text(
              exchange,
              up ? 200 : 503,
              up ? "{\"status\":\"UP\"}" : "{\"status\":\"DOWN\"}",
              "application/json");
        }
        case "/prometheus" ->
            text(exchange, 200, meters.scrape(), "text/plain; version=0.0.4; charset=utf-8");
        default -> text(exchange, 404, "", "text/plain");
      }
    }
  }

  private static void text(HttpExchange exchange, int status, String body, String type)
      throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
