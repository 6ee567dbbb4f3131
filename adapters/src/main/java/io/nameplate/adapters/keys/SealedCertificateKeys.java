package io.nameplate.adapters.keys;

import io.nameplate.certificates.CertificateId;
import io.nameplate.certificates.CertificateKeys;
import io.nameplate.certificates.Csr;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.ClusterKeys;
import io.nameplate.clusters.Sealed;
import io.nameplate.domains.Hostname;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// Certificates' keys, sealed under cluster keys as docs/edge-protocol.md says.
public final class SealedCertificateKeys implements CertificateKeys {
  private static final int P256_BITS = 256;

  private final ClusterKeys clusterKeys;

  public SealedCertificateKeys(ClusterKeys clusterKeys) {
    this.clusterKeys = clusterKeys;
  }

  @Override
  public NewKey make(CertificateId certificate, Hostname hostname, Set<ClusterId> clusters) {
    var pair = newPair();
    var pkcs8 = withPublicKey(pair);
    try {
      var sealed = new HashMap<ClusterId, Sealed>();
      for (var cluster : clusters) {
        var key = clusterKeys.derived(cluster, ClusterKeys.Use.CERTIFICATE_KEY);
        sealed.put(cluster, AesGcm.seal(key, context(certificate.toString(), hostname), pkcs8));
      }
      return new NewKey(csr(pair, hostname), sealed);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  /// A key that was made elsewhere, sealed like one that was made here.
  public Sealed seal(
      BroughtKey key, CertificateId certificate, Hostname hostname, ClusterId cluster) {
    var pkcs8 = key.encoded();
    try {
      return AesGcm.seal(
          clusterKeys.derived(cluster, ClusterKeys.Use.CERTIFICATE_KEY),
          context(certificate.toString(), hostname),
          pkcs8);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  @Override
  public PublicKey publicKey(Csr csr) {
    try {
      return new JcaPKCS10CertificationRequest(csr.der()).getPublicKey();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("csr: not readable (expected: one made here)", e);
    }
  }

  static String context(String certificate, Hostname hostname) {
    return certificate + "|" + hostname.ascii();
  }

  private static KeyPair newPair() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no P-256", e);
    }
  }

  /// PKCS#8 that says which public key it belongs to (RFC 5915 section 3), as the JDK's own does
  /// not. A node that is sent a certificate compares the two; computing the one from the other
  /// would be most of what a re-sync of many names costs it.
  static byte[] withPublicKey(KeyPair pair) {
    try {
      var publicKey = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
      var scalar = ((java.security.interfaces.ECPrivateKey) pair.getPrivate()).getS();
      return new PrivateKeyInfo(
              publicKey.getAlgorithm(),
              new ECPrivateKey(P256_BITS, scalar, publicKey.getPublicKeyData(), null))
          .getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("a key that was made here cannot be written", e);
    }
  }

  /// Without a subject: the name stands in the extension, where alone it counts (RFC 9525), and may
  /// be longer than a CN's 64.
  private static Csr csr(KeyPair pair, Hostname hostname) {
    try {
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, hostname.ascii())));
      return new Csr(
          new JcaPKCS10CertificationRequestBuilder(new X500Name(""), pair.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("a CSR cannot be written", e);
    }
  }
}
