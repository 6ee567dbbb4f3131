package io.nameplate.adapters.keys;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/// Fresh key pairs.
final class KeyPairs {
  private KeyPairs() {}

  /// @param kind a curve's name, as `secp256r1`, or an algorithm's, as `RSA`
  static KeyPair pair(String kind) throws GeneralSecurityException {
    if (kind.startsWith("secp")) {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(kind));
      return generator.generateKeyPair();
    }
    return KeyPairGenerator.getInstance(kind).generateKeyPair();
  }
}
