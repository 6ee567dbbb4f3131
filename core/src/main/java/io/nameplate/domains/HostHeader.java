package io.nameplate.domains;

/// Whose Host header the origin sees.
public enum HostHeader {
  /// The visitor's, unchanged.
  VISITOR,
  /// The origin's own host and port.
  ORIGIN;

  /// The word used on the wire and in the database.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
