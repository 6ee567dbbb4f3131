package io.nameplate.teams;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Whoever shows a valid API key.
///
/// @param expiresAt from then on (inclusive) the key is worth nothing; empty: never
public record Caller(TeamId team, String teamName, Set<Scope> scopes, Optional<Instant> expiresAt) {

  public Caller {
    scopes = Set.copyOf(scopes);
  }

  /// Whether the key is still good at `now`.
  public boolean goodAt(Instant now) {
    return expiresAt.isEmpty() || now.isBefore(expiresAt.get());
  }
}
