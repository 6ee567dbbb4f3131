package io.nameplate.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.nameplate.teams.ApiKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Calls the API as one key, and checks every answer against openapi.yaml.
record Client(URI base, @Nullable ApiKey key) {
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Contract CONTRACT = Contract.read();

  Answer get(String path) {
    return call("GET", path, null, Map.of());
  }

  Answer post(String path, @Nullable String body) {
    return call("POST", path, body, Map.of());
  }

  Answer post(String path, @Nullable String body, String idempotencyKey) {
    return call("POST", path, body, Map.of("Idempotency-Key", idempotencyKey));
  }

  Answer patch(String path, String body) {
    return call("PATCH", path, body, Map.of("Content-Type", "application/merge-patch+json"));
  }

  Answer delete(String path) {
    return call("DELETE", path, null, Map.of());
  }

  /// Adds a domain and answers its id.
  String add(String hostname) {
    var answer = post("/v1/domains", domain(hostname));
    if (answer.status() != 201) {
      throw new AssertionError(hostname + " was not added: " + answer.body());
    }
    return answer.text("/id");
  }

  static String domain(String hostname) {
    return JSON.createObjectNode()
        .put("hostname", hostname)
        .set("origin", JSON.createObjectNode().put("url", "http://127.0.80.1:14020"))
        .toString();
  }

  Answer call(String method, String path, @Nullable String body, Map<String, String> headers) {
    var request = HttpRequest.newBuilder(base.resolve(path));
    if (key != null) {
      request.header("Authorization", "Bearer " + key.secret());
    }
    if (body != null && !headers.containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    try {
      var response = HTTP.send(request.build(), BodyHandlers.ofString());
      var answer = new Answer(response.statusCode(), response.headers(), json(response.body()));
      CONTRACT.check(method, base.resolve(path).getRawPath(), answer);
      return answer;
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static JsonNode json(String text) throws IOException {
    return text.isEmpty() ? MissingNode.getInstance() : JSON.readTree(text);
  }
}
