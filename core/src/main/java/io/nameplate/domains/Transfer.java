package io.nameplate.domains;

/// What came of asking for a hostname that another team holds.
public enum Transfer {
  /// The claimant holds it now.
  MOVED,
  /// The holder's own proof still stands: an operator has to confirm.
  REQUESTED,
  /// The claimant held it already.
  HOLDER,
  /// Nobody holds it: the next look gives it to whoever proves it.
  FREE,
  /// The claimant's proof is missing or not fresh.
  PROOF_MISSING,
  /// There is no such domain.
  UNKNOWN
}
