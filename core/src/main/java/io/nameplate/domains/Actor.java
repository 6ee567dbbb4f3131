package io.nameplate.domains;

/// Who must act on a condition.
public enum Actor {
  /// The domain's owner, at their DNS provider.
  CUSTOMER,
  /// The team, in its product or at its origin.
  INTEGRATOR,
  /// Whoever runs Nameplate.
  OPERATOR,
  /// Nobody: it is well, or it is being worked on.
  NOBODY;

  /// The word used on the wire and in the database.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
