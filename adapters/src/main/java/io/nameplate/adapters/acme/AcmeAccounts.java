package io.nameplate.adapters.acme;

import io.nameplate.adapters.keys.MasterKey;
import io.nameplate.certificates.CaAccounts;
import io.nameplate.clusters.Sealed;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The account at one CA. Its key is stored, under the master key, before it is registered: a lost
/// reply leads to the same account, and a CA that has forgotten it gets the same key again.
final class AcmeAccounts {
  private static final Logger LOG = LoggerFactory.getLogger(AcmeAccounts.class);
  private static final String CURVE = "secp256r1";

  private final AcmeSettings settings;
  private final CaAccounts store;
  private final MasterKey master;
  private final ReentrantLock registering = new ReentrantLock();
  private volatile @Nullable AcmeAccount current;

  AcmeAccounts(AcmeSettings settings, CaAccounts store, MasterKey master) {
    this.settings = settings;
    this.store = store;
    this.master = master;
  }

  /// Where the CA keeps the account; empty: it is not registered yet.
  Optional<URI> url() {
    var known = current;
    return known == null
        ? store.find(settings.directory()).flatMap(CaAccounts.CaAccount::url)
        : Optional.of(known.url());
  }

  /// The account; registers it through `line` when that has not been done.
  AcmeAccount get(CaLine line) throws CaRefusal {
    var known = current;
    if (known != null) {
      return known;
    }
    registering.lock();
    try {
      if (current != null) {
        return current;
      }
      var directory = settings.directory();
      var stored = store.find(directory).orElseGet(() -> store.create(directory, wrap(newKey())));
      var key = open(master.unwrap(context(), stored.key()));
      var account =
          stored.url().isPresent() ? new AcmeAccount(stored.url().get(), key) : register(line, key);
      current = account;
      return account;
    } finally {
      registering.unlock();
    }
  }

  /// Registers the key again because the CA does not know `lost`. Of many threads that notice, one
  /// does it.
  AcmeAccount again(CaLine line, AcmeAccount lost) throws CaRefusal {
    registering.lock();
    try {
      var known = current;
      if (known != null && !known.url().equals(lost.url())) {
        return known;
      }
      LOG.warn(
          "the certificate authority forgot our account directory={} account={}",
          settings.directory(),
          lost.url());
      var account = register(line, lost.key());
      current = account;
      return account;
    } finally {
      registering.unlock();
    }
  }

  private AcmeAccount register(CaLine line, KeyPair key) throws CaRefusal {
    var url = line.register(key, settings.contact());
    store.registered(settings.directory(), url);
    LOG.info("account registered directory={} account={}", settings.directory(), url);
    return new AcmeAccount(url, key);
  }

  private String context() {
    return "acme-account-key|" + settings.directory();
  }

  private Sealed wrap(KeyPair key) {
    return master.wrap(context(), key.getPrivate().getEncoded());
  }

  private static KeyPair newKey() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(CURVE));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no P-256", e);
    }
  }

  /// PKCS #8 holds the private half only: the public one is that many times the curve's base point.
  private static KeyPair open(byte[] pkcs8) {
    try {
      var factory = KeyFactory.getInstance("EC");
      var secret = (ECPrivateKey) factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      var point =
          ECNamedCurveTable.getParameterSpec(CURVE).getG().multiply(secret.getS()).normalize();
      var affine =
          new ECPoint(
              point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
      return new KeyPair(
          factory.generatePublic(new ECPublicKeySpec(affine, secret.getParams())), secret);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the stored account key cannot be read", e);
    }
  }
}
