package io.nameplate.certificates;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// When a certificate is renewed, and how often the CA is asked about it.
public final class Renewal {
  private static final Duration HALF_A_DAY = Duration.ofHours(12);
  private static final Duration A_DAY = Duration.ofDays(1);
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(5);

  private Renewal() {}

  /// From when on renewal is due.
  ///
  /// Without a window: with a third of life left. With one: the certificate's moment inside it, but
  /// not before half of life, unless the window ends earlier (Pebble's window for short
  /// certificates opens at issue; a CA that revokes moves it into the past), and not with less than
  /// a quarter of life left, so that a window up to the last minute still leaves time to repeat.
  public static Instant dueFrom(
      CertificateId certificate, Validity validity, Optional<RenewalWindow> window) {
    if (window.isEmpty()) {
      return whole(validity.left(1, 3));
    }
    var half = validity.left(1, 2);
    var earliest = earlier(half, window.get().end());
    var wished = later(window.get().momentFor(certificate), earliest);
    return whole(earlier(wished, validity.left(1, 4)));
  }

  /// When the CA is asked for the window next: when it said so, within a day (RFC 9773 §4.3.3);
  /// else twenty times in a life, but twice a day at most seldom.
  public static Instant nextLook(Validity validity, Instant now, Optional<Instant> retryAfter) {
    if (retryAfter.isPresent()) {
      return later(earlier(retryAfter.get(), now.plus(A_DAY)), now.plus(SHORTEST_INTERVAL));
    }
    return now.plus(interval(validity));
  }

  /// When the CA is asked again after it did not answer: sooner than after an answer, by ten
  /// minutes at most.
  public static Instant nextLookAfterFailure(Validity validity, Instant now) {
    var soon = Duration.ofMinutes(10);
    var interval = interval(validity);
    return now.plus(interval.compareTo(soon) < 0 ? interval : soon);
  }

  private static Duration interval(Validity validity) {
    var share = validity.life().dividedBy(20);
    if (share.compareTo(SHORTEST_INTERVAL) < 0) {
      return SHORTEST_INTERVAL;
    }
    return share.compareTo(HALF_A_DAY) < 0 ? share : HALF_A_DAY;
  }

  /// Down to the second: certificates know no less, and a row keeps what was computed.
  private static Instant whole(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
