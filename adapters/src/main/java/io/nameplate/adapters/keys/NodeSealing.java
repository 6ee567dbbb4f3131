package io.nameplate.adapters.keys;

import io.nameplate.clusters.Sealed;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;

/// Seals a cluster's key to one node: ephemeral X25519, HKDF, AES-256-GCM (docs/edge-protocol.md,
/// "Keys").
final class NodeSealing {
  private static final String INFO = "nameplate/cluster-key/v1";
  private static final int PUBLIC_BYTES = 32;
  // What stands before the 32 bytes in an X.509 SubjectPublicKeyInfo of X25519 (RFC 8410).
  private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b656e032100");

  private NodeSealing() {}

  /// @throws GeneralSecurityException if `node` is no usable public key
  static Sealed seal(byte[] clusterKey, String clusterId, String nodeId, byte[] node)
      throws GeneralSecurityException {
    var ephemeral = KeyPairGenerator.getInstance("X25519").generateKeyPair();
    return seal(clusterKey, clusterId, nodeId, node, ephemeral, AesGcm.freshNonce());
  }

  static Sealed seal(
      byte[] clusterKey,
      String clusterId,
      String nodeId,
      byte[] node,
      KeyPair ephemeral,
      byte[] nonce)
      throws GeneralSecurityException {
    var agreement = KeyAgreement.getInstance("X25519");
    agreement.init(ephemeral.getPrivate());
    agreement.doPhase(publicKey(node), true);
    var shared = agreement.generateSecret();
    try {
      var raw = raw(ephemeral.getPublic());
      var salt = ByteBuffer.allocate(2 * PUBLIC_BYTES).put(raw).put(node).array();
      var key = Hkdf.derive(shared, salt, INFO, "AES");
      var body = AesGcm.encrypt(key, clusterId + "|" + nodeId, clusterKey, nonce);
      return new Sealed(
          ByteBuffer.allocate(1 + PUBLIC_BYTES + nonce.length + body.length)
              .put(AesGcm.VERSION)
              .put(raw)
              .put(nonce)
              .put(body)
              .array());
    } finally {
      Arrays.fill(shared, (byte) 0);
    }
  }

  static PublicKey publicKey(byte[] raw) throws GeneralSecurityException {
    if (raw.length != PUBLIC_BYTES) {
      throw new GeneralSecurityException(
          "X25519 public key: %d bytes (expected: %d)".formatted(raw.length, PUBLIC_BYTES));
    }
    var encoded =
        ByteBuffer.allocate(SPKI_PREFIX.length + PUBLIC_BYTES).put(SPKI_PREFIX).put(raw).array();
    return KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  static byte[] raw(PublicKey key) {
    var encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - PUBLIC_BYTES, encoded.length);
  }
}
