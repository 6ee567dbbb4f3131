package io.nameplate.e2e.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.nameplate.sdk.Exchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Holds answers against `openapi.yaml`: operation, status, media type, and a body with exactly the
/// fields described.
public final class Contract {
  /// The API of this checkout.
  public static final Contract OF_THE_API =
      new Contract(Launcher.checkout().resolve("openapi.yaml"));

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode document;
  private final Map<String, JsonSchema> schemas = new ConcurrentHashMap<>();

  Contract(Path openapi) {
    try {
      document = new ObjectMapper(new YAMLFactory()).readTree(openapi.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    closeObjects(document.at("/components/schemas"));
  }

  /// Throws if the answer is not one that the document describes. An exchange without an answer is
  /// none.
  public void check(Exchange exchange) {
    if (exchange.status() == 0 || !exchange.uri().getPath().startsWith("/v1/")) {
      return;
    }
    violation(
            exchange.method(),
            exchange.uri().getPath(),
            exchange.status(),
            exchange
                .responseHeaders()
                .getOrDefault("content-type", java.util.List.of(""))
                .getFirst(),
            exchange.responseBody())
        .ifPresent(what -> {
          throw new AssertionError(
              "%s %s → %d differs from openapi.yaml: %s%n%s"
                  .formatted(
                      exchange.method(),
                      exchange.uri(),
                      exchange.status(),
                      what,
                      exchange.responseBody()));
        });
  }

  /// What is wrong with an answer; empty if nothing is.
  Optional<String> violation(
      String method, String path, int status, String mediaType, String body) {
    var operation = operation(method, path);
    if (operation.isMissingNode()) {
      return Optional.of("no such operation");
    }
    var response = resolve(operation.path("responses").path(Integer.toString(status)));
    if (response.isMissingNode()) {
      return Optional.of("no such status");
    }
    var content = response.path("content");
    if (content.isMissingNode()) {
      return body.isEmpty() ? Optional.empty() : Optional.of("a body where there is none");
    }
    var plain = mediaType.split(";", 2)[0].strip();
    var schema = content.path(plain).path("schema");
    if (schema.isMissingNode()) {
      return Optional.of("media type \"" + plain + "\"");
    }
    return mismatch(schema.path("$ref").asText(), body);
  }

  private Optional<String> mismatch(String reference, String body) {
    try {
      var complaints =
          schemas.computeIfAbsent(reference, this::compile).validate(JSON.readTree(body));
      return complaints.isEmpty() ? Optional.empty() : Optional.of(complaints.toString());
    } catch (JsonProcessingException e) {
      return Optional.of("not JSON: " + e.getOriginalMessage());
    }
  }

  private JsonSchema compile(String reference) {
    var root = JSON.createObjectNode();
    root.put("$ref", reference);
    root.set("components", document.path("components"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(root);
  }

  private JsonNode operation(String method, String path) {
    for (var entry : document.path("paths").properties()) {
      var pattern = Pattern.compile(entry.getKey().replaceAll("\\{[^}]+}", "[^/]+"));
      if (pattern.matcher(path).matches()) {
        return entry.getValue().path(method.toLowerCase(Locale.ROOT));
      }
    }
    return document.path("paths").path(path);
  }

  private JsonNode resolve(JsonNode node) {
    var reference = node.path("$ref");
    return reference.isMissingNode() ? node : document.at(reference.asText().substring(1));
  }

  private static void closeObjects(JsonNode schemas) {
    for (var schema : schemas) {
      if (schema.has("properties") && !schema.has("additionalProperties")) {
        ((ObjectNode) schema).put("additionalProperties", false);
      }
    }
  }
}
