package io.nameplate.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;

/// An answer of the API, which kept its contract.
record Answer(int status, HttpHeaders headers, JsonNode body) {
  String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /// The last part of a problem's type.
  String problem() {
    var type = body.path("type").asText();
    return type.substring(type.lastIndexOf(':') + 1);
  }

  /// A text in the body.
  String text(String pointer) {
    return body.at(pointer).asText();
  }
}
