package io.nameplate.certificates;

import io.nameplate.domains.Hostname;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;

/// A certificate that was checked against what had been ordered.
///
/// @param chain PEM, leaf first, nothing else in it
/// @param issuer the leaf's issuer (RFC 2253)
/// @param serial hex, lower case
/// @param sha256 of the leaf's DER form, hex, lower case
public record IssuedCertificate(
    String chain, String issuer, String serial, String sha256, Validity validity) {
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);
  private static final int SAN_DNS_NAME = 2;

  /// What was found.
  public sealed interface Verdict {
    /// It may be used.
    record Usable(IssuedCertificate certificate) implements Verdict {}

    /// It must not be used.
    ///
    /// @param why one sentence
    record Unusable(String why) implements Verdict {}
  }

  /// Checks what a CA sent: a chain of certificates, each signed by the next; the leaf for exactly
  /// this name and key, holding at `now`.
  public static Verdict check(String pem, PublicKey key, Hostname hostname, Instant now) {
    return check(
        pem,
        of -> MessageDigest.isEqual(of.getEncoded(), key.getEncoded()),
        names -> names.equals(List.of(hostname.ascii())),
        SignatureCheck.OF_THE_JDK,
        hostname,
        now);
  }

  /// Checks what somebody brings from elsewhere: the same, but the leaf may be for other names too,
  /// and a wildcard counts for the label it stands for (RFC 9525 §6.3).
  ///
  /// @param key whether a public key is that of the private key which came with it
  public static Verdict checkBrought(
      String pem,
      Predicate<PublicKey> key,
      SignatureCheck signatures,
      Hostname hostname,
      Instant now) {
    return check(pem, key, names -> cover(names, hostname), signatures, hostname, now);
  }

  private static boolean cover(List<String> names, Hostname hostname) {
    var name = hostname.ascii();
    var wildcard = "*" + name.substring(name.indexOf('.'));
    return names.stream()
        .anyMatch(it -> it.equalsIgnoreCase(name) || it.equalsIgnoreCase(wildcard));
  }

  private static Verdict check(
      String pem,
      Predicate<PublicKey> key,
      Predicate<List<String>> names,
      SignatureCheck signatures,
      Hostname hostname,
      Instant now) {
    List<X509Certificate> chain;
    try {
      chain = parse(pem);
    } catch (CertificateException e) {
      return new Verdict.Unusable("It is not readable: " + e.getMessage());
    }
    if (chain.isEmpty()) {
      return new Verdict.Unusable("It holds no certificate.");
    }
    var leaf = chain.getFirst();
    if (!key.test(leaf.getPublicKey())) {
      return new Verdict.Unusable("It is for another key.");
    }
    if (!names.test(names(leaf))) {
      return new Verdict.Unusable(
          "It is for %s, not for %s.".formatted(String.join(", ", names(leaf)), hostname));
    }
    if (leaf.getNotBefore().toInstant().isAfter(now.plus(CLOCK_SKEW))) {
      return new Verdict.Unusable(
          "It begins only at %s.".formatted(leaf.getNotBefore().toInstant()));
    }
    if (!leaf.getNotAfter().toInstant().isAfter(now)) {
      return new Verdict.Unusable("It ended at %s.".formatted(leaf.getNotAfter().toInstant()));
    }
    for (int i = 0; i + 1 < chain.size(); i++) {
      if (!signedBy(chain.get(i), chain.get(i + 1), signatures)) {
        return new Verdict.Unusable(
            "Certificate %d of the chain is not signed by the next.".formatted(i + 1));
      }
    }
    return new Verdict.Usable(describe(leaf, chain));
  }

  /// The certificates in a PEM text, in its order.
  ///
  /// @throws CertificateException if it is not readable
  public static List<X509Certificate> parse(String pem) throws CertificateException {
    var factory = CertificateFactory.getInstance("X.509");
    var found = new ArrayList<X509Certificate>();
    for (var certificate :
        factory.generateCertificates(
            new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
      found.add((X509Certificate) certificate);
    }
    return found;
  }

  private static IssuedCertificate describe(X509Certificate leaf, List<X509Certificate> chain) {
    try {
      var text = new StringBuilder();
      for (var certificate : chain) {
        text.append("-----BEGIN CERTIFICATE-----\n")
            .append(
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(certificate.getEncoded()))
            .append("\n-----END CERTIFICATE-----\n");
      }
      return new IssuedCertificate(
          text.toString(),
          leaf.getIssuerX500Principal().getName(),
          HexFormat.of().formatHex(leaf.getSerialNumber().toByteArray()),
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded())),
          new Validity(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a parsed certificate cannot be written", e);
    }
  }

  private static List<String> names(X509Certificate leaf) {
    try {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      if (names == null) {
        return List.of();
      }
      return names.stream()
          .map(name -> ((Integer) name.get(0)) == SAN_DNS_NAME ? String.valueOf(name.get(1)) : "?")
          .toList();
    } catch (CertificateException e) {
      return List.of("an unreadable list of names");
    }
  }

  private static boolean signedBy(
      X509Certificate certificate, X509Certificate issuer, SignatureCheck signatures) {
    return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
        && signatures.signed(certificate, issuer.getPublicKey());
  }
}
