package io.nameplate.certificates;

import java.util.Locale;

/// How far a try at a certificate has come. Anything but the last two is open; a domain has one
/// open try at most.
public enum IssuanceState {
  /// Key and CSR are stored; there may be an order whose URL was lost.
  PREPARED,
  /// The order's URL is stored.
  ORDERED,
  /// The CA was told that the answer is there, or asked for none.
  READY,
  /// The CSR was handed in, or is about to be.
  FINALIZING,
  /// The certificate is stored.
  ISSUED,
  /// It will not become a certificate.
  FAILED;

  /// The word used in the database.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
