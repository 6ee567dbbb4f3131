package io.nameplate.serving;

import java.util.Optional;
import java.util.OptionalLong;

/// What one node showed.
public sealed interface NodeSight {
  /// It answered.
  ///
  /// @param certificateSha256 of the certificate it showed, as 64 lower-case hex digits
  /// @param node what it calls itself; empty: it did not take the probe for one
  /// @param domain the domain it serves under the name
  /// @param revision the revision of its entry
  /// @param edgeError why it answered itself and not the origin
  record Answered(
      int status,
      String certificateSha256,
      Optional<String> node,
      Optional<String> domain,
      OptionalLong revision,
      Optional<String> edgeError)
      implements NodeSight {}

  /// It ended the handshake: it has no certificate for the name.
  record HandshakeRefused(String detail) implements NodeSight {}

  /// No connection came about.
  record Unreachable(String why) implements NodeSight {}

  /// It was connected and did not answer in time, or not with HTTP. The certificate is known when
  /// the handshake came that far.
  record Broken(String why, Optional<String> certificateSha256) implements NodeSight {}
}
