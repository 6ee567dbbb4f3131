package io.nameplate.adapters.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;

class SealedCertificateKeysTest {
  @Test
  void aKeySaysWhichPublicKeyItBelongsTo() throws Exception {
    for (int i = 0; i < 300; i++) { // one scalar in 256 begins with a zero
      var pair = KeyPairs.pair("secp256r1");
      var written = SealedCertificateKeys.withPublicKey(pair);
      var byTheJdk = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(written));
      assertThat(((java.security.interfaces.ECPrivateKey) byTheJdk).getS())
          .isEqualTo(((java.security.interfaces.ECPrivateKey) pair.getPrivate()).getS());
      var read = ECPrivateKey.getInstance(PrivateKeyInfo.getInstance(written).parsePrivateKey());
      assertThat(read.getPublicKey().getBytes())
          .isEqualTo(
              SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded())
                  .getPublicKeyData()
                  .getBytes());
      assertThat(written).hasSize(138);
    }
  }
}
