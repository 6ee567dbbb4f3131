package io.nameplate.sandbox.tls;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/// A root that issues directly to servers. Its certificate and key outlive restarts.
public final class SmallAuthority {
  private static final Duration ROOT_LIFETIME = Duration.ofDays(3_650);
  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofHours(1);
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X509Certificate root;
  private final PrivateKey key;

  /// Until when and since when a certificate holds.
  public record Validity(Instant from, Instant until) {
    /// From an hour ago on.
    public static Validity lasting(Duration life, Instant now) {
      return new Validity(now.minus(CLOCKS_MAY_DIFFER), now.plus(life));
    }
  }

  private SmallAuthority(X509Certificate root, PrivateKey key) {
    this.root = root;
    this.key = key;
  }

  /// The authority whose certificate is `NAME.pem` in that directory, made there if there is none.
  public static SmallAuthority in(Path directory, String name) throws IOException {
    var certificateFile = directory.resolve(name + ".pem");
    var keyFile = directory.resolve(name + ".key");
    try {
      if (!Files.exists(certificateFile) || !Files.exists(keyFile)) {
        var made = made(name);
        Files.createDirectories(directory);
        Files.deleteIfExists(keyFile);
        Files.createFile(
            keyFile,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(keyFile, pem("PRIVATE KEY", made.key.getEncoded()));
        Files.writeString(certificateFile, made.rootPem());
        return made;
      }
      return new SmallAuthority(certificateIn(certificateFile), keyIn(keyFile));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("the authority %s in %s".formatted(name, directory), e);
    }
  }

  private static SmallAuthority made(String name)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    var pair = newKey();
    var subject = new X500Name("CN=Sandbox " + name);
    var now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            subject,
            serial(),
            Date.from(now.minus(CLOCKS_MAY_DIFFER)),
            Date.from(now.plus(ROOT_LIFETIME)),
            subject,
            pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
    var root = new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    return new SmallAuthority(root, pair.getPrivate());
  }

  /// A new P-256 key pair.
  public static KeyPair newKey() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK makes P-256 keys", e);
    }
  }

  /// A certificate for those names (or addresses) and that key.
  public X509Certificate issue(List<String> names, PublicKey publicKey, Validity validity) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              root,
              serial(),
              Date.from(validity.from()),
              Date.from(validity.until()),
              new X500Name("CN=" + names.getFirst()),
              publicKey);
      var alternatives =
          names.stream().map(SmallAuthority::alternative).toArray(GeneralName[]::new);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("issuing for %s".formatted(names), e);
    }
  }

  private static GeneralName alternative(String name) {
    boolean isAddress = ADDRESS.matcher(name).matches();
    return new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  public X509Certificate root() {
    return root;
  }

  public String rootPem() {
    return pem(root);
  }

  public static String pem(X509Certificate certificate) {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(certificate);
    } catch (IOException e) {
      throw new IllegalStateException("writing to a string", e);
    }
    return text.toString();
  }

  private static String pem(String type, byte[] der) throws IOException {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, der));
    }
    return text.toString();
  }

  private static X509Certificate certificateIn(Path file)
      throws IOException, GeneralSecurityException {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static PrivateKey keyIn(Path file) throws IOException, GeneralSecurityException {
    try (var reader = new PemReader(new StringReader(Files.readString(file)))) {
      var pem = reader.readPemObject();
      if (pem == null) {
        throw new IOException("%s holds no key".formatted(file));
      }
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(pem.getContent()));
    }
  }

  private static BigInteger serial() {
    return new BigInteger(120, RANDOM);
  }
}
