package io.nameplate.adapters.keys;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
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

  /// Whether a public key is this one's. Of an elliptic curve's keys the public one is computed,
  /// which takes a fifth of the time of signing and verifying; others sign, and it verifies.
  public boolean belongsTo(PublicKey other) {
    try {
      return PrivateKeyFactory.createKey(key.getEncoded()) instanceof ECPrivateKeyParameters curve
          ? Arrays.equals(publicOf(curve), other.getEncoded())
          : verifies(other);
    } catch (IOException e) {
      throw new IllegalStateException("a key that was read cannot be read again", e);
    }
  }

  private static byte[] publicOf(ECPrivateKeyParameters key) throws IOException {
    var curve = key.getParameters();
    var point = new FixedPointCombMultiplier().multiply(curve.getG(), key.getD());
    return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
            new ECPublicKeyParameters(point, curve))
        .getEncoded();
  }

  private boolean verifies(PublicKey other) {
    var algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : key.getAlgorithm();
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
