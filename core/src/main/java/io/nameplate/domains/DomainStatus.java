package io.nameplate.domains;

/// Where a domain is in its life; computed from its conditions, stored for filters.
public enum DomainStatus {
  PENDING,
  VERIFYING,
  ISSUING,
  DEPLOYING,
  ACTIVE,
  DEGRADED,
  MOVED,
  SUSPENDED,
  EXPIRED,
  REMOVING;

  /// The word used on the wire and in the database.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
