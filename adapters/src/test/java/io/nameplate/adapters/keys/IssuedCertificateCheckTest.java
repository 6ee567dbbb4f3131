package io.nameplate.adapters.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.certificates.IssuedCertificate;
import io.nameplate.certificates.IssuedCertificate.Verdict;
import io.nameplate.certificates.Validity;
import io.nameplate.domains.Hostname;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a CA sent, against what had been ordered. Here and not in core, because certificates are
/// made with Bouncy Castle.
class IssuedCertificateCheckTest {
  private static final Hostname SHOP = new Hostname("shop.acme.com");
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final Validity NINETY_DAYS =
      new Validity(NOW.minusSeconds(3600), Instant.parse("2027-04-01T00:00:00Z"));

  private static KeyPair root;
  private static KeyPair intermediate;
  private static KeyPair ours;

  @BeforeAll
  static void makeKeys() throws Exception {
    root = KeyPairGenerator.getInstance("EC").generateKeyPair();
    intermediate = KeyPairGenerator.getInstance("EC").generateKeyPair();
    ours = KeyPairGenerator.getInstance("EC").generateKeyPair();
  }

  @Test
  void usesAChainForTheNameTheKeyAndTheTime() throws Exception {
    var verdict = check(pem(leaf(NINETY_DAYS, "shop.acme.com"), issuer()));

    assertThat(verdict).isInstanceOf(Verdict.Usable.class);
    var certificate = ((Verdict.Usable) verdict).certificate();
    assertThat(certificate.validity()).isEqualTo(NINETY_DAYS);
    assertThat(certificate.issuer()).isEqualTo("CN=intermediate");
    assertThat(certificate.serial()).isEqualTo("2a");
    assertThat(certificate.sha256()).hasSize(64);
  }

  @Test
  void refusesAnotherKey() throws Exception {
    var theirs =
        certificate(
            "intermediate", intermediate, "leaf", root.getPublic(), NINETY_DAYS, "shop.acme.com");
    assertThat(why(check(pem(theirs, issuer())))).isEqualTo("It is for another key.");
  }

  @ParameterizedTest
  @CsvSource({"www.acme.com", "*.acme.com", "acme.com"})
  void refusesAnotherName(String name) throws Exception {
    assertThat(why(check(pem(leaf(NINETY_DAYS, name), issuer()))))
        .isEqualTo("It is for %s, not for shop.acme.com.".formatted(name));
  }

  @Test
  void refusesFurtherNames() throws Exception {
    assertThat(why(check(pem(leaf(NINETY_DAYS, "shop.acme.com", "other.com"), issuer()))))
        .contains("other.com");
  }

  @Test
  void refusesACertificateWithoutNames() throws Exception {
    assertThat(why(check(pem(leaf(NINETY_DAYS), issuer())))).contains("not for shop.acme.com");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-12-01T00:00:00Z, 2027-01-01T00:00:00Z, It ended at",
    "2027-01-01T00:01:01Z, 2027-04-01T00:00:00Z, It begins only at"
  })
  void refusesAnotherTime(Instant from, Instant until, String why) throws Exception {
    assertThat(why(check(pem(leaf(new Validity(from, until), "shop.acme.com"), issuer()))))
        .startsWith(why);
  }

  @Test
  void forgivesAMinuteBetweenTwoClocks() throws Exception {
    var soon = new Validity(NOW.plusSeconds(60), NINETY_DAYS.notAfter());
    assertThat(check(pem(leaf(soon, "shop.acme.com"), issuer())))
        .isInstanceOf(Verdict.Usable.class);
  }

  @Test
  void refusesAChainWhoseLinksDoNotSignEachOther() throws Exception {
    var stranger = certificate("root", root, "intermediate", root.getPublic(), NINETY_DAYS);
    assertThat(why(check(pem(leaf(NINETY_DAYS, "shop.acme.com"), stranger))))
        .isEqualTo("Certificate 1 of the chain is not signed by the next.");
  }

  @Test
  void refusesAChainThatDoesNotBeginWithTheLeaf() throws Exception {
    assertThat(why(check(pem(issuer(), leaf(NINETY_DAYS, "shop.acme.com")))))
        .isEqualTo("It is for another key.");
  }

  @ParameterizedTest
  @CsvSource({"''", "nothing of the kind"})
  void refusesWhatIsNoCertificate(String text) {
    assertThat(check(text)).isInstanceOf(Verdict.Unusable.class);
  }

  private static Verdict check(String pem) {
    return IssuedCertificate.check(pem, ours.getPublic(), SHOP, NOW);
  }

  private static String why(Verdict verdict) {
    return ((Verdict.Unusable) verdict).why();
  }

  private static X509Certificate leaf(Validity validity, String... names) throws Exception {
    return certificate("intermediate", intermediate, "leaf", ours.getPublic(), validity, names);
  }

  private static X509Certificate issuer() throws Exception {
    return certificate("root", root, "intermediate", intermediate.getPublic(), NINETY_DAYS);
  }

  private static X509Certificate certificate(
      String issuer,
      KeyPair signing,
      String subject,
      PublicKey key,
      Validity validity,
      String... names)
      throws Exception {
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=" + issuer),
            BigInteger.valueOf(42),
            Date.from(validity.notBefore()),
            Date.from(validity.notAfter()),
            new X500Name("CN=" + subject),
            key);
    if (names.length > 0) {
      var alternatives =
          Stream.of(names)
              .map(name -> new GeneralName(GeneralName.dNSName, name))
              .toArray(GeneralName[]::new);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
    }
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(signing.getPrivate());
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }

  private static String pem(X509Certificate... chain) throws Exception {
    var pem = new StringBuilder();
    for (var certificate : chain) {
      pem.append(NodeAuthority.pem(certificate));
    }
    return pem.toString();
  }
}
