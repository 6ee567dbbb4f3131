package io.nameplate.adapters.keys;

import static io.nameplate.adapters.keys.KeyPairs.pair;
import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.certificates.SignatureCheck;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainSignaturesTest {
  private final ChainSignatures signatures = new ChainSignatures();

  @ParameterizedTest
  @CsvSource({
    "secp256r1, SHA256withECDSA",
    "secp384r1, SHA384withECDSA",
    "RSA, SHA256withRSA",
    "Ed25519, Ed25519"
  })
  void tellsAnIssuersSignatureFromAnyOther(String kind, String algorithm) throws Exception {
    var issuer = pair(kind);
    var certificate = signedBy(issuer, algorithm);
    for (int again = 0; again < 3; again++) { // what is kept of a key changes no answer
      assertThat(signatures.signed(certificate, issuer.getPublic())).isTrue();
      assertThat(signatures.signed(certificate, pair(kind).getPublic())).isFalse();
    }
  }

  @Test
  void takesNoKeyOfAnotherKindForTheIssuers() throws Exception {
    var certificate = signedBy(pair("secp256r1"), "SHA256withECDSA");
    assertThat(signatures.signed(certificate, pair("secp384r1").getPublic())).isFalse();
    assertThat(signatures.signed(certificate, pair("RSA").getPublic())).isFalse();
    assertThat(
            signatures.signed(
                signedBy(pair("RSA"), "SHA256withRSA"), pair("secp256r1").getPublic()))
        .isFalse();
  }

  @Test
  void agreesWithTheJdkBeyondAsManyIssuersAsItKeeps() throws Exception {
    var first = pair("secp256r1");
    var certificate = signedBy(first, "SHA256withECDSA");
    for (int other = 0; other < 250; other++) {
      var issuer = pair("secp256r1");
      var theirs = signedBy(issuer, "SHA256withECDSA");
      assertThat(signatures.signed(theirs, issuer.getPublic()))
          .isEqualTo(SignatureCheck.OF_THE_JDK.signed(theirs, issuer.getPublic()))
          .isTrue();
    }
    assertThat(signatures.signed(certificate, first.getPublic())).isTrue();
  }

  private static X509Certificate signedBy(KeyPair issuer, String algorithm)
      throws GeneralSecurityException, OperatorCreationException {
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=issuer"),
            BigInteger.TWO,
            Date.from(Instant.parse("2027-01-01T00:00:00Z")),
            Date.from(Instant.parse("2027-04-01T00:00:00Z")),
            new X500Name("CN=leaf"),
            pair("secp256r1").getPublic());
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder(algorithm).build(issuer.getPrivate())));
  }
}
