package io.nameplate.adapters.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/// HKDF-SHA256 (RFC 5869), 32 bytes.
final class Hkdf {
  private static final int BYTES = 32;

  private Hkdf() {}

  /// @param salt empty for none
  /// @param algorithm what the derived key is used with, as the JDK names it
  static SecretKey derive(byte[] secret, byte[] salt, String info, String algorithm) {
    try {
      var spec =
          HKDFParameterSpec.ofExtract()
              .addIKM(secret)
              .addSalt(salt)
              .thenExpand(info.getBytes(StandardCharsets.US_ASCII), BYTES);
      return KDF.getInstance("HKDF-SHA256").deriveKey(algorithm, spec);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no HKDF-SHA256", e);
    }
  }
}
