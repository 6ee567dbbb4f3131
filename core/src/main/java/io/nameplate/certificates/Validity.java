package io.nameplate.certificates;

import java.time.Duration;
import java.time.Instant;

/// The time in which a certificate holds, both ends inclusive. No lifetime is a constant: 90 days,
/// 45, 6 and two minutes alike.
public record Validity(Instant notBefore, Instant notAfter) {
  public Validity {
    if (!notAfter.isAfter(notBefore)) {
      throw new IllegalArgumentException(
          "validity: %s to %s (expected: an end after the begin)".formatted(notBefore, notAfter));
    }
  }

  public Duration life() {
    return Duration.between(notBefore, notAfter);
  }

  /// The moment when `parts` of `of` equal parts of the life are left.
  public Instant left(int parts, int of) {
    return notAfter.minus(life().multipliedBy(parts).dividedBy(of));
  }

  public boolean covers(Instant moment) {
    return !moment.isBefore(notBefore) && !moment.isAfter(notAfter);
  }
}
