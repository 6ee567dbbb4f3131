package io.nameplate.adapters.edge;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The key and the self-signed certificate of the edge listener. Nodes accept exactly this
/// certificate, for ever, so it is made once and belongs into every back-up; all processes of an
/// installation share it.
public record ListenerIdentity(X509Certificate certificate, PrivateKey key) {
  private static final String FILE = "edge-listener.pem";
  private static final int YEARS = 100; // nobody looks at the dates: the pin is the whole check

  /// Reads it from `directory`, or makes it there (mode 0600). Several processes may do so at once.
  public static ListenerIdentity in(Path directory) throws IOException {
    Files.createDirectories(directory);
    var file = directory.resolve(FILE);
    var lock = directory.resolve(FILE + ".lock");
    try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      if (Files.notExists(file)) {
        write(file, make());
      }
      return read(Files.readString(file));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("edge listener's certificate in " + file, e);
    }
  }

  /// What join tokens carry: SHA-256 of the certificate, base64url without padding.
  public String pin() {
    try {
      var hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }

  private static ListenerIdentity make()
      throws GeneralSecurityException, OperatorCreationException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    var keys = generator.generateKeyPair();
    var name = new X500Name("CN=nameplate-edge-listener");
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(120, new SecureRandom()),
            Date.from(now.minus(1, ChronoUnit.DAYS)),
            Date.from(now.plus(365L * YEARS, ChronoUnit.DAYS)),
            name,
            keys.getPublic());
    var holder =
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    return new ListenerIdentity(
        new JcaX509CertificateConverter().getCertificate(holder), keys.getPrivate());
  }

  private static void write(Path file, ListenerIdentity identity) throws IOException {
    var text = new StringWriter();
    try (var pem = new JcaPEMWriter(text)) {
      pem.writeObject(identity.certificate);
      pem.writeObject(new JcaPKCS8Generator(identity.key, null));
    }
    var onlyOwner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var partial = file.resolveSibling(FILE + ".new");
    Files.deleteIfExists(partial);
    Files.createFile(partial, onlyOwner);
    Files.writeString(partial, text.toString());
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static ListenerIdentity read(String text) throws IOException, GeneralSecurityException {
    try (var pem = new PEMParser(new StringReader(text))) {
      if (pem.readObject() instanceof X509CertificateHolder certificate
          && pem.readObject() instanceof PrivateKeyInfo key) {
        return new ListenerIdentity(
            new JcaX509CertificateConverter().getCertificate(certificate),
            new JcaPEMKeyConverter().getPrivateKey(key));
      }
      throw new IOException(FILE + " (expected: a certificate, then its PKCS#8 key)");
    }
  }
}
