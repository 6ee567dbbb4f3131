package io.nameplate.api.edge;

import com.fasterxml.jackson.databind.JsonNode;
import io.nameplate.clusters.NodeId;
import io.nameplate.edge.EdgeFeed.NodeRequest;
import io.nameplate.ids.UuidV7;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// What joining nodes say about themselves, read and checked. The request for the certificate
/// itself is the worker's to judge.
final class JoinRequests {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]\\s]+):\\d{1,5}");
  private static final int X25519_BYTES = 32;

  private JoinRequests() {}

  /// @throws EdgeProblem if a value is not possible
  static NodeRequest read(JsonNode body, Instant now) {
    var csr = text(body, "csr", 16 * 1024);
    if (!csr.startsWith("-----BEGIN CERTIFICATE REQUEST-----")) {
      throw invalid("csr is a certificate request in PEM.");
    }
    return new NodeRequest(
        new NodeId(UuidV7.at(now, RANDOM)),
        matching(body, "name", NAME),
        csr,
        sealingKey(body),
        matching(body, "https_address", ADDRESS),
        matching(body, "http_address", ADDRESS),
        text(body, "version", 64),
        features(body));
  }

  /// A text that PostgreSQL can hold.
  static String text(JsonNode body, String field, int longest) {
    var value = body.path(field);
    var text = value.asText();
    if (!value.isTextual()
        || text.isEmpty()
        || text.length() > longest
        || text.indexOf('\0') >= 0) {
      throw invalid("%s is a text of 1 to %d characters.".formatted(field, longest));
    }
    return text;
  }

  private static String matching(JsonNode body, String field, Pattern form) {
    var text = text(body, field, 255);
    if (!form.matcher(text).matches()) {
      throw invalid(field + " has a form that is not possible.");
    }
    return text;
  }

  private static String sealingKey(JsonNode body) {
    var text = text(body, "sealing_key", 64);
    try {
      if (Base64.getDecoder().decode(text).length == X25519_BYTES) {
        return text;
      }
    } catch (IllegalArgumentException _) {
      throw invalid("sealing_key is base64.");
    }
    throw invalid("sealing_key has 32 bytes.");
  }

  private static List<String> features(JsonNode body) {
    var features = new ArrayList<String>();
    for (var feature : body.path("features")) {
      if (!feature.isTextual() || !NAME.matcher(feature.asText()).matches()) {
        throw invalid("features are words.");
      }
      features.add(feature.asText());
    }
    return features;
  }

  private static EdgeProblem invalid(String detail) {
    return new EdgeProblem(EdgeProblem.Kind.REQUEST_INVALID, detail);
  }
}
