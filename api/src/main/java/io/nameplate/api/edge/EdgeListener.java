package io.nameplate.api.edge;

import io.nameplate.edge.EdgeFeed;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CRL;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// The listener for nodes: HTTP/1.1 over TLS 1.3 that ends here. Any client certificate is let
/// through the handshake; whose it is, and whether it still counts, the record says at every
/// request.
public final class EdgeListener implements AutoCloseable {
  private static final int PLATFORM_THREADS =
      16; // they only accept and select; requests run on virtual threads

  private final Server server;
  private final ServerConnector connector;
  private final PositionWatch watch;

  private EdgeListener(Server server, ServerConnector connector, PositionWatch watch) {
    this.server = server;
    this.connector = connector;
    this.watch = watch;
  }

  /// Where to listen and what to show.
  ///
  /// @param port 0: any free one
  public record Settings(
      String host, int port, X509Certificate certificate, PrivateKey key, Duration grace) {}

  /// Starts listening.
  ///
  /// @throws IOException if the address is taken
  public static EdgeListener start(Settings settings, EdgeFeed feed, Clock clock)
      throws IOException {
    var threads = new QueuedThreadPool(PLATFORM_THREADS);
    threads.setName("edge-listener");
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("edge-", 0).factory()));
    var server = new Server(threads);
    var connector = connector(server, settings);
    server.addConnector(connector);
    var watch = new PositionWatch(feed);
    server.setHandler(new EdgeHandler(feed, watch, clock));
    server.setStopTimeout(settings.grace.toMillis());
    var listener = new EdgeListener(server, connector, watch);
    watch.start();
    try {
      server.start();
      return listener;
    } catch (IOException e) {
      listener.close();
      throw e;
    } catch (Exception e) { // Jetty declares no narrower one
      listener.close();
      throw new IOException("the edge listener did not start", e);
    }
  }

  /// Where it listens.
  public URI uri() {
    return URI.create("https://%s:%d".formatted(connector.getHost(), connector.getLocalPort()));
  }

  /// Lets parked polls go and ends.
  @Override
  public void close() {
    watch.close();
    try {
      server.stop();
    } catch (TimeoutException _) {
      // The grace is over: what was still connected is cut off, as it would be by the process's
      // end.
    } catch (Exception e) { // Jetty declares no narrower one
      throw new IllegalStateException("the edge listener did not stop", e);
    }
  }

  private static ServerConnector connector(Server server, Settings settings) {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    // Nodes dial an address and check the pin, so the name in the handshake says nothing.
    http.addCustomizer(new SecureRequestCustomizer(false));
    var tls = new AnyNode();
    tls.setKeyStore(keyStore(settings));
    tls.setKeyStorePassword("");
    tls.setKeyManagerPassword("");
    tls.setWantClientAuth(true);
    tls.setIncludeProtocols("TLSv1.3");
    tls.setSniRequired(false);
    var connector =
        new ServerConnector(
            server,
            new SslConnectionFactory(tls, HttpVersion.HTTP_1_1.asString()),
            new HttpConnectionFactory(http));
    connector.setHost(settings.host);
    connector.setPort(settings.port);
    connector.setShutdownIdleTimeout(100); // ms; kept-alive connections hold the end up no longer
    connector.setIdleTimeout(Duration.ofSeconds(90).toMillis()); // above the longest poll
    return connector;
  }

  private static KeyStore keyStore(Settings settings) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "listener", settings.key, new char[0], new Certificate[] {settings.certificate});
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("a key store in memory cannot be made", e);
    }
  }

  /// Takes every client certificate and names no issuer that it wants: nodes are known by their
  /// certificates' fingerprints. Jetty's own `setTrustAll` holds only without a key store; with one
  /// it would ask for certificates of public CAs, which nodes do not have.
  private static final class AnyNode extends SslContextFactory.Server {
    @Override
    protected TrustManager[] getTrustManagers(
        KeyStore trustStore, Collection<? extends CRL> revoked) {
      return TRUST_ALL_CERTS;
    }
  }
}
