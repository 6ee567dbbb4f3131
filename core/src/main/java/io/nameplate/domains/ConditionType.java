package io.nameplate.domains;

/// The questions asked about every domain, in the order in which they are answered.
public enum ConditionType {
  /// Has this claim proved that the name is its team's?
  OWNERSHIP,
  /// Does DNS lead visitors to the cluster?
  DNS,
  /// Does a request to the name arrive at the cluster?
  REACH,
  /// May our CA issue for the name (RFC 8659)?
  CAA,
  /// Is there a valid certificate?
  CERTIFICATE,
  /// Do all expected nodes have the newest entry?
  DEPLOYED,
  /// Does every expected node answer for the name with the wanted certificate?
  SERVING,
  /// Does the origin answer?
  ORIGIN;

  /// The word used on the wire and in the database.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
