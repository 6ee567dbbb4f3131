package io.nameplate.e2e.kit;

import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;

/// What a visitor got.
///
/// @param headers by lower-case name, the last of several
/// @param certificate the leaf that the edge showed; empty over plain HTTP
public record Page(
    int status, Map<String, String> headers, String body, Optional<X509Certificate> certificate) {

  /// The sandbox's origin that made this page; empty if none did.
  public Optional<String> origin() {
    return Optional.ofNullable(headers.get("x-sandbox-origin"));
  }
}
