package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/// openapi.yaml as a test sees it: its operations, and whether an answer keeps to it. An answer has
/// exactly the fields of its schema and a status that its operation lists. What the document does
/// not describe is not there: 404, 405 for another method, and 401 without a key.
record Contract(JsonNode document) {
  private static final String REFERENCE = "#/";

  /// An operation of the document.
  ///
  /// @param path with its parameters in braces
  /// @param open whether it needs no key
  record Operation(String id, String method, String path, boolean hasBody, boolean open) {
    boolean matches(String verb, String actual) {
      return method.equals(verb) && isAt(actual);
    }

    boolean isAt(String actual) {
      return Pattern.compile(path.replaceAll("\\{[a-z_]+}", "[^/]*")).matcher(actual).matches();
    }
  }

  static Contract read() {
    try (var text = Files.newBufferedReader(Path.of("../openapi.yaml"))) {
      Map<String, Object> yaml = new Yaml().load(text);
      return new Contract(JsonMapper.builder().build().valueToTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Those that need a key.
  List<Operation> guarded() {
    return operations().stream().filter(operation -> !operation.open).toList();
  }

  List<Operation> operations() {
    var operations = new ArrayList<Operation>();
    document
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(operation -> {
                  if (operation.getValue().has("operationId")) {
                    operations.add(
                        new Operation(
                            operation.getValue().path("operationId").asText(),
                            operation.getKey().toUpperCase(java.util.Locale.ROOT),
                            path.getKey(),
                            operation.getValue().has("requestBody"),
                            operation.getValue().path("security").isArray()));
                  }
                }));
    return operations;
  }

  /// Fails when an answer is not what the document promises.
  void check(String method, String path, Answer answer) {
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.header("Content-Security-Policy"))
        .isEqualTo("default-src 'none'; frame-ancestors 'none'");
    assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(answer.header("X-Request-Id")).isNotEmpty();
    var operation =
        operations().stream().filter(it -> it.matches(method, path)).findFirst().orElse(null);
    if (operation == null) {
      var there = operations().stream().anyMatch(it -> it.isAt(path));
      assertThat(answer.status()).as("%s %s", method, path).isIn(401, there ? 405 : 404);
      checkProblem(answer);
      return;
    }
    var responses =
        document
            .path("paths")
            .path(operation.path)
            .path(method.toLowerCase(java.util.Locale.ROOT))
            .path("responses");
    var response = resolved(responses.path(Integer.toString(answer.status())));
    assertThat(response.isMissingNode())
        .as("%s %s answers %d, which openapi.yaml does not say", method, path, answer.status())
        .isFalse();
    var content = response.path("content");
    if (content.isMissingNode()) {
      assertThat(answer.body().isMissingNode()).as("%s %s has no body", method, path).isTrue();
      return;
    }
    var type = answer.header("Content-Type").replaceAll(";.*", "");
    assertThat(content.has(type)).as("%s %s: %s", method, path, type).isTrue();
    check(content.path(type).path("schema"), answer.body(), "");
    if (answer.status() >= 400) {
      checkProblem(answer);
    }
  }

  private void checkProblem(Answer answer) {
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    check(document.at("/components/schemas/Problem"), answer.body(), "");
    assertThat(answer.body().path("status").asInt()).isEqualTo(answer.status());
    assertThat(answer.text("/request_id")).isEqualTo(answer.header("X-Request-Id"));
  }

  private void check(JsonNode schema, JsonNode value, String at) {
    var resolved = resolved(schema);
    switch (resolved.path("type").asText()) {
      case "object" -> checkObject(resolved, value, at);
      case "array" -> {
        assertThat(value.isArray()).as("%s is an array: %s", at, value).isTrue();
        for (int i = 0; i < value.size(); i++) {
          check(resolved.path("items"), value.get(i), at + "/" + i);
        }
      }
      case "string" -> checkText(resolved, value, at);
      case "boolean" -> assertThat(value.isBoolean()).as("%s is a boolean", at).isTrue();
      case "integer" -> assertThat(value.isIntegralNumber()).as("%s is a number", at).isTrue();
      case String other -> throw new AssertionError("openapi.yaml: no check of type " + other);
    }
  }

  private void checkObject(JsonNode schema, JsonNode value, String at) {
    assertThat(value.isObject()).as("%s is an object: %s", at, value).isTrue();
    schema
        .path("required")
        .forEach(
            name -> assertThat(value.has(name.asText())).as("%s/%s", at, name.asText()).isTrue());
    if (schema.path("additionalProperties").asBoolean()) {
      return;
    }
    value
        .properties()
        .forEach(property -> {
          var known = schema.path("properties").path(property.getKey());
          assertThat(known.isMissingNode())
              .as("%s/%s is not in openapi.yaml", at, property.getKey())
              .isFalse();
          check(known, property.getValue(), at + "/" + property.getKey());
        });
  }

  private static void checkText(JsonNode schema, JsonNode value, String at) {
    assertThat(value.isTextual()).as("%s is a text: %s", at, value).isTrue();
    if (schema.has("enum")) {
      assertThat(schema.path("enum")).as(at).contains(value);
    }
    if (schema.path("format").asText().equals("date-time")) {
      try {
        Instant.parse(value.asText());
      } catch (DateTimeParseException e) {
        throw new AssertionError(at + " is not a time: " + value, e);
      }
    }
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref")
        ? document.at("/" + node.path("$ref").asText().substring(REFERENCE.length()))
        : node;
  }
}
