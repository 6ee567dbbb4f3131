package io.nameplate.sandbox.origins;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/// Answers for all origins, by the port the request came in on. Never holds a thread. What is below
/// it opens WebSockets, once the origin's behaviour lets it.
final class OriginHandler extends Handler.Wrapper {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_DELAY_MILLIS = 600_000;
  private static final int MAX_CHUNKS = 10_000;

  private final Origins origins;

  OriginHandler(Origins origins, Handler sockets) {
    super(sockets);
    this.origins = origins;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    var origin = Origin.valueOf(request.getConnectionMetaData().getConnector().getName());
    var behaviour = origins.behaviour(origin);
    origins.count(origin);
    if (!behaviour.isUp()) {
      request.getConnectionMetaData().getConnection().getEndPoint().close();
      callback.failed(new EofException("the origin is down"));
      return true;
    }
    var delay = delay(request, behaviour);
    later(delay, () -> answer(origin, behaviour, request, response, callback));
    return true;
  }

  private static Duration delay(Request request, Behaviour behaviour) {
    boolean isStream = request.getHttpURI().getCanonicalPath().startsWith("/stream");
    int asked = isStream ? -1 : parameter(request, "ms", -1);
    return asked < 0
        ? behaviour.delay()
        : Duration.ofMillis(Math.clamp(asked, 0, MAX_DELAY_MILLIS));
  }

  private void later(Duration delay, Runnable then) {
    if (delay.isZero()) {
      then.run();
    } else {
      getServer().getScheduler().schedule(then, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /// A status of its own is what an upgrade is answered with, too.
  private void answer(
      Origin origin, Behaviour behaviour, Request request, Response response, Callback callback) {
    response.getHeaders().put("X-Sandbox-Origin", origin.word());
    if (behaviour.status() == null && isUpgrade(request) && opened(request, response, callback)) {
      return;
    }
    response.setStatus(behaviour.status() == null ? 200 : behaviour.status());
    var path = request.getHttpURI().getCanonicalPath();
    if (origin == Origin.ECHO) {
      echo(request, response, callback);
    } else if (path.startsWith("/stream")) {
      int pause = Math.clamp(parameter(request, "ms", 100), 0, MAX_DELAY_MILLIS);
      stream(
          response, callback, 1, Math.clamp(parameter(request, "chunks", 5), 1, MAX_CHUNKS), pause);
    } else if (path.startsWith("/bytes/")) {
      bytes(path, response, callback);
    } else {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
      Content.Sink.write(
          response, true, "This is the %s origin.\n".formatted(origin.word()), callback);
    }
  }

  private static boolean isUpgrade(Request request) {
    return request.getHeaders().contains(HttpHeader.UPGRADE, "websocket");
  }

  /// False: it was no proper upgrade, and is answered like any request.
  private boolean opened(Request request, Response response, Callback callback) {
    try {
      return super.handle(request, response, callback);
    } catch (Exception e) { // Jetty declares no narrower one
      callback.failed(e);
      return true;
    }
  }

  /// What came in: method, path, query, host, headers (each a list, names in lower case), body.
  private static void echo(Request request, Response response, Callback callback) {
    Content.Source.asByteBuffer(
        request,
        Promise.from(
            body -> {
              var text = StandardCharsets.UTF_8.decode(body).toString();
              response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
              Content.Sink.write(response, true, received(request, text), callback);
            },
            callback::failed));
  }

  private static String received(Request request, String body) {
    var headers = new LinkedHashMap<String, List<String>>();
    request
        .getHeaders()
        .forEach(field ->
            headers
                .computeIfAbsent(field.getName().toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                .add(field.getValue()));
    var uri = request.getHttpURI();
    var echo = new LinkedHashMap<String, Object>();
    echo.put("method", request.getMethod());
    echo.put("host", request.getHeaders().get(HttpHeader.HOST));
    echo.put("path", uri.getPath());
    echo.put("query", uri.getQuery() == null ? "" : uri.getQuery());
    echo.put("protocol", request.getConnectionMetaData().getProtocol());
    echo.put("headers", headers);
    echo.put("body", body);
    try {
      return JSON.writeValueAsString(echo);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of strings are JSON", e);
    }
  }

  /// One numbered line after the other, each flushed, `ms` apart.
  private void stream(Response response, Callback callback, int number, int chunks, int pause) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
    var line = ByteBuffer.wrap("chunk %d\n".formatted(number).getBytes(StandardCharsets.UTF_8));
    boolean isLast = number >= chunks;
    response.write(
        isLast,
        line,
        isLast
            ? callback
            : Callback.from(
                () ->
                    later(
                        Duration.ofMillis(pause),
                        () -> stream(response, callback, number + 1, chunks, pause)),
                callback::failed));
  }

  /// `/bytes/N`: that many bytes, at most 100 MB.
  private static void bytes(String path, Response response, Callback callback) {
    int length;
    try {
      length = Math.clamp(Long.parseLong(path.substring("/bytes/".length())), 0, 100_000_000);
    } catch (NumberFormatException e) {
      Response.writeError(response.getRequest(), response, callback, 400);
      return;
    }
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/octet-stream");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
    response.write(true, ByteBuffer.allocate(length), callback);
  }

  private static int parameter(Request request, String name, int fallback) {
    var query = request.getHttpURI().getQuery();
    if (query == null) {
      return fallback;
    }
    return Arrays.stream(query.split("&", -1))
        .filter(pair -> pair.matches(name + "=[0-9]{1,9}"))
        .map(pair -> Integer.valueOf(pair.substring(name.length() + 1)))
        .findFirst()
        .orElse(fallback);
  }
}
