package io.nameplate.adapters.keys;

import static io.nameplate.adapters.keys.KeyPairs.pair;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Base64;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BroughtKeyTest {

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "RSA", "Ed25519"})
  void knowsItsPublicKeyFromOthers(String kind) throws GeneralSecurityException {
    var pair = pair(kind);
    var key = BroughtKey.read(pkcs8(pair));
    assertThat(key.belongsTo(pair.getPublic())).isTrue();
    assertThat(key.belongsTo(pair(kind).getPublic())).isFalse();
    assertThat(key.belongsTo(pair(kind.equals("RSA") ? "secp256r1" : "RSA").getPublic())).isFalse();
    assertThat(key.encoded()).isEqualTo(pair.getPrivate().getEncoded());
  }

  /// As OpenSSL, Go and so Caddy write an EC key: SEC 1 with the curve inside, perhaps with a block
  /// of parameters before it.
  @Test
  void readsAnEcKeyInItsOwnForm() throws GeneralSecurityException, IOException {
    var pair = pair("secp256r1");
    var der =
        new ECPrivateKey(
                256,
                ((java.security.interfaces.ECPrivateKey) pair.getPrivate()).getS(),
                SECObjectIdentifiers.secp256r1)
            .getEncoded();
    var parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    var key = BroughtKey.read(parameters + pem("EC PRIVATE KEY", der));
    assertThat(key.belongsTo(pair.getPublic())).isTrue();
  }

  @Test
  void readsAnRsaKeyInItsOwnForm() throws GeneralSecurityException, IOException {
    var pair = pair("RSA");
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(pair.getPrivate());
    }
    assertThat(text.toString()).contains("BEGIN RSA PRIVATE KEY");
    assertThat(BroughtKey.read(text.toString()).belongsTo(pair.getPublic())).isTrue();
  }

  @Test
  void saysNothingOfAKeyThatCannotBeRead() {
    for (var text :
        new String[] {
          "", "secret", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
        }) {
      assertThatThrownBy(() -> BroughtKey.read(text))
          .isInstanceOf(GeneralSecurityException.class)
          .message()
          .doesNotContain("secret")
          .doesNotContain("c2VjcmV0");
    }
  }

  private static String pkcs8(KeyPair pair) {
    return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, Base64.getMimeEncoder().encodeToString(der), type);
  }
}
