package io.nameplate.edge;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/// HMAC-SHA256 under a key derived from a cluster's key for one use (docs/edge-protocol.md).
record EdgeMac(SecretKey key) {
  static EdgeMac derive(byte[] clusterKey, String use) {
    try {
      var spec =
          HKDFParameterSpec.ofExtract()
              .addIKM(clusterKey)
              .thenExpand(use.getBytes(StandardCharsets.US_ASCII), 32);
      return new EdgeMac(KDF.getInstance("HKDF-SHA256").deriveKey("HmacSHA256", spec));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Java 25 has HKDF-SHA256", e);
    }
  }

  String hex(String text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  @Override
  public String toString() {
    return "EdgeMac";
  }
}
