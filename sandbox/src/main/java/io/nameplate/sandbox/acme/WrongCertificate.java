package io.nameplate.sandbox.acme;

import io.nameplate.sandbox.tls.SmallAuthority;
import io.nameplate.sandbox.tls.SmallAuthority.Validity;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// In what a certificate does not fit the order. All else is right.
public enum WrongCertificate {
  /// For another key.
  KEY,
  /// For another name.
  NAME,
  /// Expired an hour ago.
  DATES;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<WrongCertificate> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
  }

  /// In place of the right one, with the root that issued it, as PEM.
  String chain(SmallAuthority authority, X509Certificate right, List<String> names, Instant now) {
    PublicKey key = this == KEY ? SmallAuthority.newKey().getPublic() : right.getPublicKey();
    var told = this == NAME ? List.of("somebody-else.example") : names;
    var validity =
        this == DATES
            ? new Validity(now.minus(Duration.ofDays(90)), now.minus(Duration.ofHours(1)))
            : new Validity(right.getNotBefore().toInstant(), right.getNotAfter().toInstant());
    return SmallAuthority.pem(authority.issue(told, key, validity)) + authority.rootPem();
  }
}
