package io.nameplate.certificates;

import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.Sealed;
import io.nameplate.domains.Hostname;
import java.security.PublicKey;
import java.util.Map;
import java.util.Set;

/// Makes the key pairs of certificates. A private key leaves it sealed only.
public interface CertificateKeys {

  /// A new key pair (ECDSA P-256) with a CSR for the hostname, the private key sealed under the key
  /// of each cluster.
  NewKey make(CertificateId certificate, Hostname hostname, Set<ClusterId> clusters);

  /// The public key that a CSR asks a certificate for.
  PublicKey publicKey(Csr csr);

  /// What is stored of a new key.
  ///
  /// @param sealed by cluster, as docs/edge-protocol.md says
  record NewKey(Csr csr, Map<ClusterId, Sealed> sealed) {
    public NewKey {
      sealed = Map.copyOf(sealed);
    }
  }
}
