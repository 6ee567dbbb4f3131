package io.nameplate.dns;

/// Which proof of a claim the DNS holds.
public enum ProofSeen {
  /// The claim's own CNAME target.
  CNAME,
  /// The claim's TXT token.
  TXT,
  /// The addresses of a cluster that only this team uses.
  ADDRESS,
  /// None, and everybody who could have said otherwise was heard.
  NONE,
  /// It could not be told.
  UNCLEAR
}
