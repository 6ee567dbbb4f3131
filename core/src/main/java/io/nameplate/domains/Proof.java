package io.nameplate.domains;

/// How a claim on a hostname is proved.
public enum Proof {
  /// The name's CNAME is the claim's own target.
  CNAME,
  /// The claim's own token stands at `_nameplate.<hostname>`.
  TXT,
  /// The name points at a cluster that has only ever served this team.
  ADDRESS,
  /// The operator's word, given when the domain was imported. It stands until DNS proves the claim,
  /// and while the claim holds the name.
  OPERATOR;

  /// The word used in the database.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
