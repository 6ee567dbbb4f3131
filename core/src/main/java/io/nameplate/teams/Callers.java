package io.nameplate.teams;

import java.util.Optional;

/// Who shows a key.
public interface Callers {
  /// The caller whose key has this SHA-256; empty for an unknown and for a revoked key. Expiry is
  /// the asker's to check.
  Optional<Caller> find(byte[] hash);
}
