package io.nameplate.api.requests;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.core.type.Argument;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemException.BadField;
import io.nameplate.api.problems.ProblemKind;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads bodies: JSON strictly (RFC 8259; no duplicate names, nothing after the value), then by its
/// schema, then as the generated type.
@Singleton
final class Bodies {
  private static final int DEEPEST = 20; // the schemas go two levels down

  private final RequestSchema schemas = new RequestSchema();
  private final io.micronaut.json.JsonMapper models;
  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  Bodies(io.micronaut.json.JsonMapper models) {
    this.models = models;
  }

  /// A body of a model's type.
  ///
  /// @throws ProblemException if it is not JSON or not by the schema of the type's name
  <T> T read(Argument<T> type, InputStream body) {
    return bind(type, parse(body), List.of());
  }

  /// A merge patch (RFC 7396): null takes a member away, which goes back to its default.
  ///
  /// @param defaults by JSON pointer; taking away a member without one is refused
  <T> T readPatch(Argument<T> type, InputStream body, Map<String, String> defaults) {
    var patch = parse(body);
    var schema = type.getType().getSimpleName();
    var bad = new ArrayList<BadField>();
    putDefaults(schema, patch, "", defaults, bad);
    return bind(type, patch, bad);
  }

  private <T> T bind(Argument<T> type, JsonNode body, List<BadField> bad) {
    schemas.check(type.getType().getSimpleName(), body, bad);
    try {
      return models.readValue(json.writeValueAsBytes(body), type);
    } catch (IOException e) {
      throw new UncheckedIOException("a body that keeps its schema cannot be read", e);
    }
  }

  private JsonNode parse(InputStream body) {
    try (body) {
      var value = json.readTree(body);
      if (value.isMissingNode()) {
        throw new ProblemException(ProblemKind.MALFORMED_JSON, "The body is empty.");
      }
      return value;
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw new ProblemException(
          ProblemKind.MALFORMED_JSON,
          at == null
              ? "The body is not JSON."
              : "The body is not JSON: see line %d, column %d."
                  .formatted(at.getLineNr(), at.getColumnNr()));
    } catch (IOException e) {
      throw new ProblemException(ProblemKind.MALFORMED_REQUEST, "The body could not be read.");
    }
  }

  /// Replaces nulls by defaults and takes those away that have none. What no schema knows stays, to
  /// be refused as such.
  private void putDefaults(
      String schema,
      JsonNode node,
      String pointer,
      Map<String, String> defaults,
      List<BadField> bad) {
    if (!(node instanceof ObjectNode object)) {
      return;
    }
    for (var property : List.copyOf(object.properties())) {
      var at = pointer + "/" + property.getKey();
      if (!property.getValue().isNull()) {
        putDefaults(schema, property.getValue(), at, defaults, bad);
      } else if (defaults.containsKey(at)) {
        object.put(property.getKey(), defaults.get(at));
      } else if (schemas.knows(schema, at)) {
        object.remove(property.getKey());
        bad.add(
            new BadField(
                at, "not-removable", "This field cannot be taken away; leave it out to keep it."));
      }
    }
  }
}
