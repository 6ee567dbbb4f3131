package io.nameplate.adapters.keys;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// A certificate's private key that was made elsewhere, in the clear until it is sealed. Its text
/// form says nothing.
public final class BroughtKey {
  private static final byte[] PROBE = {'n', 'a', 'm', 'e', 'p', 'l', 'a', 't', 'e'};

  private final PrivateKey key;

  private BroughtKey(PrivateKey key) {
    this.key = key;
  }

  /// Reads the first private key of a PEM text: PKCS #8, or as OpenSSL writes EC and RSA keys.
  ///
  /// @throws GeneralSecurityException if there is none that can be read; its message says why and
  ///   nothing of the key
  public static BroughtKey read(String pem) throws GeneralSecurityException {
    try (var parser = new PEMParser(new StringReader(pem))) {
      var converter = new JcaPEMKeyConverter();
      for (var object = parser.readObject(); object != null; object = parser.readObject()) {
        switch (object) {
          case PrivateKeyInfo info -> {
            return new BroughtKey(converter.getPrivateKey(info));
          }
          case PEMKeyPair pair -> {
            return new BroughtKey(converter.getPrivateKey(pair.getPrivateKeyInfo()));
          }
          default -> {
            // EC parameters, or certificates in the same text.
          }
        }
      }
      throw new GeneralSecurityException(
          "there is no private key in it (expected: PEM, not encrypted)");
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new GeneralSecurityException("it cannot be read (expected: PEM, EC or RSA)", e);
    }
  }

  /// Whether a public key is this one's: it verifies what this one signed.
  public boolean belongsTo(PublicKey other) {
    var algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    try {
      var signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(PROBE);
      var signed = signing.sign();
      var verifying = Signature.getInstance(algorithm);
      verifying.initVerify(other);
      verifying.update(PROBE);
      return verifying.verify(signed);
    } catch (GeneralSecurityException _) {
      return false; // of another kind
    }
  }

  /// PKCS #8, to be sealed.
  byte[] encoded() {
    return key.getEncoded();
  }
}
