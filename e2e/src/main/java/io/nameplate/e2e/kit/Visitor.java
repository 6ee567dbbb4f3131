package io.nameplate.e2e.kit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;

/// Somebody with a browser whose DNS leads to one certain edge node, and who trusts the sandbox's
/// CA alone. Keeps connections as browsers do; follows no redirects. Safe to share between threads.
public final class Visitor implements AutoCloseable {
  /// How long a visitor waits for the next byte: only somebody who never answers is to be told from
  /// a machine that does much else.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Places.Edge edge;
  private final TrustManager[] trust;
  private final CloseableHttpClient http;
  private final PoolingHttpClientConnectionManager connections;

  Visitor(Places.Edge edge, Path caRoots) {
    this.edge = edge;
    this.trust = trustIn(caRoots);
    var address = edge.https().substring(0, edge.https().lastIndexOf(':'));
    this.connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setDnsResolver(alwaysTo(address))
            .setTlsSocketStrategy(new DefaultClientTlsStrategy(trusting(trust)))
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(Timeout.of(PATIENCE))
                    .setSocketTimeout(Timeout.of(PATIENCE))
                    .build())
            .setMaxConnTotal(200)
            .setMaxConnPerRoute(50)
            .build();
    this.http =
        HttpClients.custom()
            .setConnectionManager(connections)
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .build();
  }

  /// The node this visitor is led to.
  public Places.Edge edge() {
    return edge;
  }

  /// Opens `https://hostname/path`, whatever the answer says.
  ///
  /// @throws IOException if there is none: no connection, no handshake, an untrusted certificate
  public Page https(String hostname, String path) throws IOException {
    return get("https://" + hostname + ":" + port(edge.https()) + path);
  }

  /// Opens `http://hostname/path`.
  public Page http(String hostname, String path) throws IOException {
    return get("http://" + hostname + ":" + port(edge.http()) + path);
  }

  /// Whether the edge refuses the handshake for this name.
  public boolean isRefused(String hostname) throws IOException {
    try {
      https(hostname, "/");
      return false;
    } catch (SSLException refused) {
      return true;
    }
  }

  /// The certificate that the edge shows for this name in a whole handshake on a connection of its
  /// own: nothing is resumed.
  ///
  /// @throws IOException if there is no connection, no handshake, or no trust in what is shown
  public X509Certificate handshake(String hostname) throws IOException {
    var https = edge.https();
    var colon = https.lastIndexOf(':');
    // A context of its own remembers no sessions.
    var factory = trusting(trust).getSocketFactory();
    try (var plain = new Socket()) {
      plain.connect(
          new InetSocketAddress(
              https.substring(0, colon), Integer.parseInt(https.substring(colon + 1))),
          (int) PATIENCE.toMillis());
      plain.setSoTimeout((int) PATIENCE.toMillis());
      try (var socket = (SSLSocket) factory.createSocket(plain, hostname, 443, true)) {
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setServerNames(List.of(new SNIHostName(hostname)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
      }
    }
  }

  /// Forgets kept connections, so that the next request makes a handshake.
  public void forgetConnections() {
    connections.closeIdle(Timeout.ZERO_MILLISECONDS);
  }

  @Override
  public void close() throws IOException {
    http.close();
  }

  private Page get(String url) throws IOException {
    var context = HttpClientContext.create();
    return http.execute(
        new HttpGet(url),
        context,
        answer -> {
          var body = answer.getEntity() == null ? "" : EntityUtils.toString(answer.getEntity());
          return new Page(answer.getCode(), headersOf(answer.getHeaders()), body, leaf(context));
        });
  }

  private static Optional<X509Certificate> leaf(HttpClientContext context) {
    var session = context.getSSLSession();
    if (session == null) {
      return Optional.empty();
    }
    try {
      return Optional.of((X509Certificate) session.getPeerCertificates()[0]);
    } catch (SSLException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> headersOf(org.apache.hc.core5.http.Header[] headers) {
    var map = new HashMap<String, String>();
    for (var header : headers) {
      map.put(header.getName().toLowerCase(java.util.Locale.ROOT), header.getValue());
    }
    return Map.copyOf(map);
  }

  private static String port(String hostAndPort) {
    return hostAndPort.substring(hostAndPort.lastIndexOf(':') + 1);
  }

  private static DnsResolver alwaysTo(String address) {
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        return new InetAddress[] {InetAddress.getByName(address)};
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }

  private static SSLContext trusting(TrustManager[] trust) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS on this machine", e);
    }
  }

  private static TrustManager[] trustIn(Path roots) {
    try (InputStream pem = Files.newInputStream(roots)) {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      var i = 0;
      for (var root : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("root-" + i++, root);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      return trust.getTrustManagers();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the CA's roots could not be read from " + roots, e);
    }
  }
}
