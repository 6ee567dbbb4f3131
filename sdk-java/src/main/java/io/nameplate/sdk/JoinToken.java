package io.nameplate.sdk;

import java.time.Instant;

/// A one-time token with which a node joins a cluster. It is shown this once.
public record JoinToken(String token, Instant expiresAt) {

  /// The moment it expires; the token stays out of logs.
  @Override
  public String toString() {
    return "JoinToken[expiresAt=" + expiresAt + "]";
  }
}
