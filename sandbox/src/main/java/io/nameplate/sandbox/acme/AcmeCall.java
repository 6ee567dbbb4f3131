package io.nameplate.sandbox.acme;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// A request as far as a proxy can read it: signed (RFC 7515), not encrypted.
///
/// @param account its URL's path, empty when the request is signed by a key
/// @param identifiers the names of a new order
/// @param replaces the certificate a new order replaces (RFC 9773 §5)
record AcmeCall(
    AcmeOperation operation,
    String method,
    String path,
    String account,
    List<String> identifiers,
    Optional<String> replaces) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static AcmeCall of(String method, String path, byte[] body) {
    var outer = json(body);
    var signed = decoded(outer.path("protected"));
    var payload = decoded(outer.path("payload"));
    var names =
        StreamSupport.stream(payload.path("identifiers").spliterator(), false)
            .map(identifier -> identifier.path("value").asText())
            .toList();
    var replaces = payload.path("replaces");
    return new AcmeCall(
        AcmeOperation.at(path),
        method,
        path,
        pathOf(signed.path("kid").asText()),
        names,
        replaces.isTextual() ? Optional.of(replaces.asText()) : Optional.empty());
  }

  /// What a body says, a missing node when it is not JSON.
  static JsonNode json(byte[] body) {
    try {
      var node = JSON.readTree(body);
      return node == null ? MissingNode.getInstance() : node;
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }

  private static JsonNode decoded(JsonNode base64) {
    try {
      return json(Base64.getUrlDecoder().decode(base64.asText()));
    } catch (IllegalArgumentException e) {
      return MissingNode.getInstance();
    }
  }

  /// The path of a URL, empty for an empty one.
  static String pathOf(String url) {
    int host = url.indexOf("://");
    int path = host < 0 ? -1 : url.indexOf('/', host + 3);
    return path < 0 ? "" : url.substring(path);
  }
}
