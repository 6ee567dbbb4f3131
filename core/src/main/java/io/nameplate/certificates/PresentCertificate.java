package io.nameplate.certificates;

import java.time.Instant;

/// A domain's wanted certificate, as far as decisions about it need.
///
/// @param sha256 of the leaf (DER), 64 lower-case hex digits
/// @param notAfter the first moment at which it cannot be used
/// @param renewFrom when its renewal is due
public record PresentCertificate(
    CertificateId id, String sha256, Instant notBefore, Instant notAfter, Instant renewFrom) {

  /// Whether it can be shown to visitors at `now`.
  public boolean usable(Instant now) {
    return now.isBefore(notAfter);
  }

  /// Whether a successor should be ordered at `now`.
  public boolean due(Instant now) {
    return !now.isBefore(renewFrom);
  }
}
