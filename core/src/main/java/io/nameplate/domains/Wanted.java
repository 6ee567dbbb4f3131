package io.nameplate.domains;

/// What the team wants of a domain.
public enum Wanted {
  SERVING,
  SUSPENDED,
  REMOVED;

  /// The word used in the database.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
