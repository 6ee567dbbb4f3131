package io.nameplate.adapters.postgres.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nameplate.domains.Evidence;
import io.nameplate.domains.Fix;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Evidence and fixes as the JSON that their columns hold.
final class Evidences {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Evidences() {}

  static String write(List<Evidence> evidence) {
    var array = JSON.createArrayNode();
    for (var one : evidence) {
      array
          .addObject()
          .put("source", one.source())
          .put("question", one.question())
          .put("answer", one.answer())
          .put("at", one.at().toString());
    }
    return array.toString();
  }

  static String write(Fix fix) {
    return JSON.createObjectNode()
        .put("action", fix.action().word())
        .put("text", fix.text())
        .put("record_type", fix.recordType())
        .put("fqdn", fix.fqdn())
        .put("value", fix.value())
        .toString();
  }

  static List<Evidence> read(String json) {
    var evidence = new ArrayList<Evidence>();
    for (var one : parse(json)) {
      evidence.add(
          new Evidence(
              one.path("source").asText(),
              one.path("question").asText(),
              one.path("answer").asText(),
              Instant.parse(one.path("at").asText())));
    }
    return evidence;
  }

  static Optional<Fix> readFix(@Nullable String json) {
    if (json == null) {
      return Optional.empty();
    }
    var fix = parse(json);
    return Optional.of(
        new Fix(
            Columns.constant(Fix.Action.class, fix.path("action").asText()),
            fix.path("text").asText(),
            text(fix, "record_type"),
            text(fix, "fqdn"),
            text(fix, "value")));
  }

  private static @Nullable String text(JsonNode object, String field) {
    var value = object.path(field);
    return value.isTextual() ? value.asText() : null;
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("condition: its JSON cannot be read", e);
    }
  }
}
