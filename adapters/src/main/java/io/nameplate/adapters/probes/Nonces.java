package io.nameplate.adapters.probes;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Values nobody can guess, 128 bits as 32 hexadecimal digits.
final class Nonces {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Nonces() {}

  static String next() {
    var bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
