package io.nameplate.teams;

import java.util.Arrays;
import java.util.Optional;

/// What an API key may be used for.
public enum Scope {
  DOMAINS_READ("domains:read"),
  DOMAINS_WRITE("domains:write"),
  CLUSTERS_READ("clusters:read"),
  CLUSTERS_WRITE("clusters:write");

  private final String word;

  Scope(String word) {
    this.word = word;
  }

  /// The word used on the wire and in the database.
  public String word() {
    return word;
  }

  /// The scope with this word; empty for one that this release does not know.
  public static Optional<Scope> of(String word) {
    return Arrays.stream(values()).filter(scope -> scope.word.equals(word)).findFirst();
  }
}
