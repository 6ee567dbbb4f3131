package io.nameplate.certificates;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;

/// Whether a key signed a certificate; false too when that cannot be told.
@FunctionalInterface
public interface SignatureCheck {
  /// For one certificate now and then.
  SignatureCheck OF_THE_JDK =
      (certificate, issuer) -> {
        try {
          certificate.verify(issuer);
          return true;
        } catch (GeneralSecurityException _) {
          return false;
        }
      };

  boolean signed(X509Certificate certificate, PublicKey issuer);
}
