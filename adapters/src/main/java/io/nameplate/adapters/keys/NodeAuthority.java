package io.nameplate.adapters.keys;

import io.nameplate.certificates.IssuedCertificate;
import io.nameplate.clusters.NodeId;
import io.nameplate.clusters.WrappedKeys;
import io.nameplate.clusters.WrappedKeys.StoredAuthority;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// The CA of nodes' certificates: ECDSA P-256, its key in the database under the master key, open
/// for a signature only.
final class NodeAuthority {
  private static final String CONTEXT = "node-authority-key";
  private static final X500Name NAME = new X500Name("CN=Nameplate nodes");
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final int SMALLEST_RSA = 2048;
  // A node is put out by revoking its row, not by time: there is no renewal that could be missed.
  private static final Duration NODE_LIFE = Duration.ofDays(3650);
  private static final Duration OWN_LIFE = Duration.ofDays(7300);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private final MasterKey master;
  private final WrappedKeys record;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  NodeAuthority(MasterKey master, WrappedKeys record, InstantSource clock) {
    this.master = master;
    this.record = record;
    this.clock = clock;
  }

  /// A certificate for client authentication with the node's id as CN and the request's key.
  ///
  /// @param csr PEM
  /// @throws CsrRefused if it is not readable, not signed with its own key, or its key is too weak
  X509Certificate sign(NodeId node, String csr) throws CsrRefused {
    var key = checkedKey(csr);
    var stored = record.nodeAuthority().orElseGet(this::make);
    var own = parse(stored.certificate());
    var now = clock.instant();
    var subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, node.toString()).build();
    try {
      var usage = new JcaX509ExtensionUtils();
      var builder =
          builder(NAME, now, NODE_LIFE, subject, key)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  usage.createAuthorityKeyIdentifier(own.getPublicKey()));
      var signer = new JcaContentSignerBuilder(SIGNATURE).build(open(stored));
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("a node's certificate cannot be made", e);
    }
  }

  private StoredAuthority make() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return store(generator.generateKeyPair());
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("the CA of nodes cannot be made", e);
    }
  }

  private StoredAuthority store(KeyPair pair)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    var builder =
        builder(NAME, clock.instant(), OWN_LIFE, NAME, pair.getPublic())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign))
            .addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    var signer = new JcaContentSignerBuilder(SIGNATURE).build(pair.getPrivate());
    var certificate = new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    return record.createNodeAuthority(
        new StoredAuthority(
            pem(certificate), master.wrap(CONTEXT, pair.getPrivate().getEncoded())));
  }

  private PrivateKey open(StoredAuthority stored) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(master.unwrap(CONTEXT, stored.key())));
  }

  private JcaX509v3CertificateBuilder builder(
      X500Name issuer, Instant now, Duration life, X500Name subject, PublicKey key) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, random).add(BigInteger.ONE),
        Date.from(now.minus(CLOCK_SKEW)),
        Date.from(now.plus(life)),
        subject,
        key);
  }

  private static PublicKey checkedKey(String csr) throws CsrRefused {
    try (var parser = new PEMParser(new StringReader(csr))) {
      if (!(parser.readObject() instanceof PKCS10CertificationRequest request)) {
        throw new CsrRefused("It is no certificate request in PEM.");
      }
      var info = request.getSubjectPublicKeyInfo();
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(info))) {
        throw new CsrRefused("It is not signed with its own key.");
      }
      var key = new JcaPKCS10CertificationRequest(request).getPublicKey();
      if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < SMALLEST_RSA) {
        throw new CsrRefused("Its RSA key is shorter than %d bits.".formatted(SMALLEST_RSA));
      }
      return key;
    } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException e) {
      throw new CsrRefused("It cannot be read: " + e.getMessage());
    }
  }

  private static X509Certificate parse(String pem) {
    try {
      return IssuedCertificate.parse(pem).getFirst();
    } catch (CertificateException e) {
      throw new IllegalStateException(
          "the stored certificate of the CA of nodes cannot be read", e);
    }
  }

  static String pem(X509Certificate certificate) throws GeneralSecurityException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  /// A node's request that can never be signed.
  static final class CsrRefused extends Exception {
    private static final long serialVersionUID = 1;

    CsrRefused(String why) {
      super(why);
    }
  }
}
