package io.nameplate.sandbox.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Speaks to a running sandbox's control server.
final class ControlClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final URI place;

  ControlClient(URI place) {
    this.place = place;
  }

  /// The sandbox did not do what it was asked; the message is one line for people.
  static final class RefusedException extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  JsonNode get(String path, Map<String, @Nullable String> parameters) {
    var query =
        parameters.entrySet().stream()
            .filter(each -> each.getValue() != null)
            .map(each -> each.getKey() + "=" + encoded(String.valueOf(each.getValue())))
            .collect(Collectors.joining("&"));
    return send("GET", query.isEmpty() ? path : path + "?" + query, "");
  }

  JsonNode send(String method, String path, Map<String, ? extends @Nullable Object> members) {
    var body = JSON.createObjectNode();
    members.forEach((name, value) -> {
      if (value != null) {
        body.set(name, JSON.valueToTree(value));
      }
    });
    return send(method, path, body.toString());
  }

  JsonNode delete(String path) {
    return send("DELETE", path, "");
  }

  private JsonNode send(String method, String path, String body) {
    var request =
        HttpRequest.newBuilder(place.resolve(path))
            .timeout(TIMEOUT)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return read(http.send(request, HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new RefusedException(
          "the sandbox does not answer at %s (is it up? see: nameplate status)".formatted(place));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException("interrupted");
    }
  }

  private static JsonNode read(HttpResponse<String> answer) {
    JsonNode json;
    try {
      json = answer.body().isEmpty() ? MissingNode.getInstance() : JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new RefusedException("the sandbox answered %d".formatted(answer.statusCode()));
    }
    if (answer.statusCode() / 100 != 2) {
      throw new RefusedException(json.path("detail").asText().replaceAll("\\s+", " "));
    }
    return json;
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
