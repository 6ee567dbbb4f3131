package io.nameplate.clusters;

import javax.crypto.SecretKey;

/// The keys derived from each cluster's key (docs/edge-protocol.md, "Keys"). A cluster's key is
/// made when it is first needed; it is open in this process's memory only.
public interface ClusterKeys {

  /// The key for one use.
  ///
  /// @throws IllegalArgumentException if there is no such cluster
  SecretKey derived(ClusterId cluster, Use use);

  /// What a derived key is for.
  enum Use {
    /// Seals certificates' private keys (AES-256-GCM).
    CERTIFICATE_KEY("nameplate/certificate-key/v1", "AES"),
    /// Signs reach answers (HMAC-SHA256).
    REACH("nameplate/reach/v1", "HmacSHA256"),
    /// Signs probe headers (HMAC-SHA256).
    PROBE("nameplate/probe/v1", "HmacSHA256");

    private final String info;
    private final String algorithm;

    Use(String info, String algorithm) {
      this.info = info;
      this.algorithm = algorithm;
    }

    /// HKDF's info.
    public String info() {
      return info;
    }

    /// What the key is used with, as the JDK names it.
    public String algorithm() {
      return algorithm;
    }
  }
}
