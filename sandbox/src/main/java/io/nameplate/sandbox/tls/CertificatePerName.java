package io.nameplate.sandbox.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Gives each visitor a certificate for the name they ask for, issued when it is first needed.
public final class CertificatePerName extends X509ExtendedKeyManager {
  private static final Duration LIFETIME = Duration.ofDays(90);

  private final SmallAuthority authority;
  private final String fallback;
  private final KeyPair key = SmallAuthority.newKey();
  private final Map<String, X509Certificate> issued = new ConcurrentHashMap<>();

  private CertificatePerName(SmallAuthority authority, String fallback) {
    this.authority = authority;
    this.fallback = fallback;
  }

  /// For a server of that authority.
  ///
  /// @param fallback the name or address for visitors who ask for none
  public static SSLContext context(SmallAuthority authority, String fallback) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new CertificatePerName(authority, fallback)}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK speaks TLS", e);
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    if (!keyType.equals("EC")) {
      return null;
    }
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      return session.getRequestedServerNames().stream()
          .filter(SNIHostName.class::isInstance)
          .map(name -> ((SNIHostName) name).getAsciiName())
          .findFirst()
          .orElse(fallback);
    }
    return fallback;
  }

  @Override
  public X509Certificate[] getCertificateChain(String name) {
    var certificate = issued.computeIfAbsent(name, this::issue);
    return new X509Certificate[] {certificate, authority.root()};
  }

  private X509Certificate issue(String name) {
    var validity = SmallAuthority.Validity.lasting(LIFETIME, Instant.now());
    return authority.issue(List.of(name), key.getPublic(), validity);
  }

  @Override
  public PrivateKey getPrivateKey(String name) {
    return key.getPrivate();
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return keyType.equals("EC") ? fallback : null;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {fallback};
  }

  /// For servers only: clients show nothing.
  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }
}
