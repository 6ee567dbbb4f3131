package io.nameplate.adapters.acme;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The HTTP client that CAs are spoken to with.
final class CaTrust {
  private CaTrust() {}

  static HttpClient client(AcmeSettings settings) {
    var builder =
        HttpClient.newBuilder()
            .connectTimeout(settings.timeout())
            .followRedirects(HttpClient.Redirect.NORMAL);
    settings.trustFile().ifPresent(file -> builder.sslContext(trusting(file)));
    return builder.build();
  }

  private static SSLContext trusting(Path file) {
    try (var in = Files.newInputStream(file)) {
      var roots = KeyStore.getInstance(KeyStore.getDefaultType());
      roots.load(null, null);
      for (var root : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        roots.setCertificateEntry("root-" + roots.size(), root);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(roots);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "acme.trust-file: \"%s\" (expected: readable PEM certificates)".formatted(file), e);
    }
  }
}
