package io.nameplate.adapters.keys;

import io.nameplate.clusters.Sealed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// AES-256-GCM in the form `0x01 ‖ nonce(12) ‖ ciphertext and tag`, bound to a context in ASCII as
/// additional data.
final class AesGcm {
  static final byte VERSION = 1;
  static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private AesGcm() {}

  static Sealed seal(SecretKey key, String context, byte[] plain) {
    return seal(key, context, plain, freshNonce());
  }

  static Sealed seal(SecretKey key, String context, byte[] plain, byte[] nonce) {
    var body = encrypt(key, context, plain, nonce);
    return new Sealed(
        ByteBuffer.allocate(1 + nonce.length + body.length)
            .put(VERSION)
            .put(nonce)
            .put(body)
            .array());
  }

  /// @throws GeneralSecurityException if it was not sealed with this key and context, or was
  ///   changed
  static byte[] open(SecretKey key, String context, Sealed sealed) throws GeneralSecurityException {
    var bytes = sealed.bytes();
    if (bytes.length < 1 + NONCE_BYTES + TAG_BITS / 8 || bytes[0] != VERSION) {
      throw new GeneralSecurityException("sealed value: not in the form of version 1");
    }
    var cipher = cipher(Cipher.DECRYPT_MODE, key, context, bytes, 1);
    return cipher.doFinal(bytes, 1 + NONCE_BYTES, bytes.length - 1 - NONCE_BYTES);
  }

  /// Ciphertext and tag alone.
  static byte[] encrypt(SecretKey key, String context, byte[] plain, byte[] nonce) {
    try {
      return cipher(Cipher.ENCRYPT_MODE, key, context, nonce, 0).doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no AES-256-GCM", e);
    }
  }

  static byte[] freshNonce() {
    var nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  private static Cipher cipher(int mode, SecretKey key, String context, byte[] nonce, int offset)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce, offset, NONCE_BYTES));
    cipher.updateAAD(context.getBytes(StandardCharsets.US_ASCII));
    return cipher;
  }
}
