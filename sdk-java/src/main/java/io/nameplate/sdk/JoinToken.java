package io.nameplate.sdk;

import java.time.Instant;
import java.util.Optional;

/// A one-time token with which a node joins a cluster. It is shown this once.
///
/// @param command the whole line to paste on the machine that joins, in a checkout; empty where the
///   operator has not said how nodes reach the installation
public record JoinToken(String token, Instant expiresAt, Optional<String> command) {

  /// The moment it expires; the token stays out of logs.
  @Override
  public String toString() {
    return "JoinToken[expiresAt=" + expiresAt + "]";
  }
}
