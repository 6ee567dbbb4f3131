package io.nameplate.api.requests;

import com.fasterxml.jackson.databind.JsonNode;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemException.BadField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// Checks bodies against the schemas of openapi.yaml and reports everything that is wrong at once,
/// by JSON pointer. It knows the words that requests use: `type` (object, string), `required`,
/// `properties`, `minLength`, `maxLength`, `enum`, `$ref`; fields that no schema names are refused,
/// and so is any other word.
final class RequestSchema {
  private static final String REFERENCE = "#/components/schemas/";

  private final Map<?, ?> schemas;

  RequestSchema() {
    try (var yaml = RequestSchema.class.getResourceAsStream("/io/nameplate/api/openapi.yaml")) {
      if (yaml == null) {
        throw new IllegalStateException("openapi.yaml is not packaged");
      }
      Map<?, ?> document = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
      schemas = member(member(document, "components"), "schemas");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Checks a body.
  ///
  /// @param schema a name below `components/schemas`
  /// @throws ProblemException 422, with every bad field
  void check(String schema, JsonNode body) {
    check(schema, body, List.of());
  }

  /// The same, together with what was found before.
  void check(String schema, JsonNode body, List<BadField> before) {
    var bad = new ArrayList<>(before);
    check(member(schemas, schema), body, "", bad);
    if (!bad.isEmpty()) {
      throw ProblemException.invalid(bad);
    }
  }

  /// Whether a schema has the field that a pointer leads to, through its objects.
  boolean knows(String schema, String pointer) {
    var at = member(schemas, schema);
    for (var name : pointer.substring(1).split("/", -1)) {
      if (!(member(at, "properties").get(name) instanceof Map<?, ?> field)) {
        return false;
      }
      at =
          field.get("$ref") instanceof String reference
              ? member(schemas, reference.substring(REFERENCE.length()))
              : field;
    }
    return true;
  }

  private void check(Map<?, ?> schema, JsonNode value, String pointer, List<BadField> bad) {
    if (schema.get("$ref") instanceof String reference) {
      check(member(schemas, reference.substring(REFERENCE.length())), value, pointer, bad);
      return;
    }
    switch (String.valueOf(schema.get("type"))) {
      case "object" -> checkObject(schema, value, pointer, bad);
      case "string" -> checkText(schema, value, pointer, bad);
      case String other ->
          throw new IllegalStateException(
              "openapi.yaml: a request has the type %s, which nobody checks".formatted(other));
    }
  }

  private void checkObject(Map<?, ?> schema, JsonNode value, String pointer, List<BadField> bad) {
    if (!value.isObject()) {
      bad.add(new BadField(pointer, "wrong-type", "An object is expected here."));
      return;
    }
    var properties = member(schema, "properties");
    if (schema.get("required") instanceof List<?> required) {
      for (var name : required) {
        if (!value.has(String.valueOf(name))) {
          bad.add(new BadField(pointer + "/" + name, "missing", "This field is needed."));
        }
      }
    }
    value
        .properties()
        .forEach(property -> {
          var at = pointer + "/" + escaped(property.getKey());
          if (properties.get(property.getKey()) instanceof Map<?, ?> known) {
            check(known, property.getValue(), at, bad);
          } else {
            bad.add(new BadField(at, "unknown-field", "There is no such field."));
          }
        });
  }

  private static void checkText(
      Map<?, ?> schema, JsonNode value, String pointer, List<BadField> bad) {
    if (!value.isTextual()) {
      bad.add(new BadField(pointer, "wrong-type", "A text is expected here."));
      return;
    }
    var length = value.textValue().codePointCount(0, value.textValue().length());
    if (schema.get("minLength") instanceof Integer least && length < least) {
      bad.add(new BadField(pointer, "too-short", "At least %d characters.".formatted(least)));
    } else if (schema.get("maxLength") instanceof Integer most && length > most) {
      bad.add(new BadField(pointer, "too-long", "At most %d characters.".formatted(most)));
    } else if (schema.get("enum") instanceof List<?> words && !words.contains(value.textValue())) {
      var expected = String.join(", ", words.stream().map(String::valueOf).toList());
      bad.add(new BadField(pointer, "unexpected-value", "Expected one of: " + expected + "."));
    }
  }

  /// RFC 6901 §3.
  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static Map<?, ?> member(Map<?, ?> map, String name) {
    return map.get(name) instanceof Map<?, ?> member ? member : Map.of();
  }
}
