package io.nameplate.certificates;

import java.time.Duration;
import java.time.Instant;

/// The window in which the CA suggests to renew (RFC 9773 §4.2). The end may lie before the
/// certificate's half of life, or in the past: then the CA wants it replaced now.
public record RenewalWindow(Instant start, Instant end) {
  public RenewalWindow {
    if (!end.isAfter(start)) {
      throw new IllegalArgumentException(
          "renewal window: %s to %s (expected: an end after the start)".formatted(start, end));
    }
  }

  /// The certificate's own moment inside the window: the same on every look, and spread evenly over
  /// certificates.
  public Instant momentFor(CertificateId certificate) {
    // The last bits of a UUIDv7 are random; the first are its time, which would draw certificates
    // of one hour together.
    long random = certificate.uuid().getLeastSignificantBits() & 0xFFFF_FFFFL;
    var share = random / (double) 0x1_0000_0000L;
    return start.plus(Duration.ofMillis((long) (Duration.between(start, end).toMillis() * share)));
  }
}
