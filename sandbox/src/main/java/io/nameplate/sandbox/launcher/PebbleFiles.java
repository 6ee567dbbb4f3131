package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// What Pebble reads when it starts, and the roots it makes up each time it does.
final class PebbleFiles {
  private final Workspace workspace;
  private final Ports ports;

  PebbleFiles(Workspace workspace, Ports ports) {
    this.workspace = workspace;
    this.ports = ports;
  }

  Path configuration() {
    return folder().resolve("pebble.json");
  }

  /// The certificate of Pebble's own HTTPS listener, signed by itself: who speaks ACME to it trusts
  /// this file.
  Path certificate() {
    return folder().resolve("cert.pem");
  }

  /// Writes what is missing. Both Pebble and the sandbox need it, and start side by side.
  synchronized void write() {
    try {
      Files.createDirectories(folder());
      if (!Files.exists(certificate())) {
        makeCertificate();
      }
      Files.writeString(configuration(), json());
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new Refusal("pebble's configuration: " + e, e);
    }
  }

  /// Adds the running Pebble's root to the file of all roots it has had here. Adding it twice
  /// changes nothing.
  void rememberRoot() {
    try {
      String root =
          LocalHttp.get(URI.create(ports.pebbleManagement().url("https") + "/roots/0"))
              .body()
              .strip();
      String known = Files.exists(workspace.caRoots()) ? Files.readString(workspace.caRoots()) : "";
      if (!known.contains(root)) {
        Path whole = workspace.caRoots().resolveSibling("ca-roots.pem.new");
        Files.writeString(whole, known + root + "\n");
        Files.move(
            whole,
            workspace.caRoots(),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new Refusal("pebble's root: " + e, e);
    }
  }

  private Path folder() {
    return workspace.data().resolve("pebble");
  }

  /// Two profiles: 90 days as everywhere, and two minutes, in which a whole life with renewal can
  /// be watched. It is done within milliseconds and so asks nobody to wait (Retry-After 0 is not
  /// sent); the fault proxy before it does, when told.
  private String json() {
    return """
    {
      "pebble": {
        "listenAddress": "%s",
        "managementListenAddress": "%s",
        "certificate": "%s",
        "privateKey": "%s",
        "httpPort": %d,
        "tlsPort": %d,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": false,
        "domainBlocklist": [],
        "retryAfter": {"authz": 0, "order": 0},
        "keyAlgorithm": "ecdsa",
        "profiles": {
          "default": {"description": "90 days", "validityPeriod": 7776000},
          "twominutes": {"description": "120 seconds", "validityPeriod": 120}
        }
      }
    }
    """
        .formatted(
            ports.pebble(),
            ports.pebbleManagement(),
            certificate(),
            folder().resolve("key.pem"),
            ports.edgeHttp(1).port(),
            ports.edgeHttps(1).port());
  }

  private void makeCertificate()
      throws GeneralSecurityException, OperatorCreationException, IOException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    var keys = generator.generateKeyPair();
    X509Certificate certificate = selfSigned(keys);
    Path key = folder().resolve("key.pem");
    Files.writeString(key, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    Files.writeString(
        certificate(), pem("CERTIFICATE", certificate.getEncoded()), StandardOpenOption.CREATE_NEW);
  }

  private static X509Certificate selfSigned(java.security.KeyPair keys)
      throws CertIOException, OperatorCreationException, GeneralSecurityException {
    var name = new X500Principal("CN=pebble.sandbox");
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(120, new SecureRandom()),
            Date.from(now.minus(Duration.ofHours(1))),
            Date.from(now.plus(Duration.ofDays(3650))),
            name,
            keys.getPublic());
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
              new GeneralName(GeneralName.dNSName, "localhost"),
              new GeneralName(GeneralName.dNSName, "pebble.sandbox")
            }));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(
            type,
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der),
            type);
  }
}
