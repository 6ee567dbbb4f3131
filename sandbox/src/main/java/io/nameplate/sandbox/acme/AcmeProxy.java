package io.nameplate.sandbox.acme;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nameplate.sandbox.origins.Jetty;
import io.nameplate.sandbox.tls.CertificatePerName;
import io.nameplate.sandbox.tls.SmallAuthority;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// The CA as clients see it: Pebble behind a proxy that can be told to misbehave.
public final class AcmeProxy implements Closeable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOST = "127.0.0.1";

  private final Server server;
  private final Pebble pebble;
  private final Pebble management;
  private final URI managementAddress;
  private final AcmeFaults faults = new AcmeFaults();
  private final AcmeLog log = new AcmeLog();
  private final AcmeSubjects subjects = new AcmeSubjects();

  /// Where Pebble is.
  ///
  /// @param authority PEM file that its HTTPS certificates lead to; empty: any are accepted
  public record Upstream(URI acme, URI management, Optional<Path> authority) {}

  private AcmeProxy(Server server, Pebble pebble, Pebble management, URI managementAddress) {
    this.server = server;
    this.pebble = pebble;
    this.management = management;
    this.managementAddress = managementAddress;
  }

  /// Starts it on loopback, with certificates of that authority. Pebble need not run yet.
  public static AcmeProxy start(int port, Upstream upstream, SmallAuthority authority)
      throws IOException {
    var threads = new QueuedThreadPool(64);
    threads.setName("acme");
    threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    var server = new Server(threads);
    var connector = new ServerConnector(server, tls(authority), http());
    connector.setHost(HOST);
    connector.setPort(port);
    server.addConnector(connector);
    var pebble = Pebble.at(upstream.acme(), upstream.authority());
    var management = Pebble.at(upstream.management(), upstream.authority());
    var proxy = new AcmeProxy(server, pebble, management, upstream.management());
    server.setHandler(new AcmeHandler(pebble, proxy.faults, proxy.log, proxy.subjects, authority));
    Jetty.start(server, "the ACME proxy");
    return proxy;
  }

  private static HttpConnectionFactory http() {
    var configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setSendDateHeader(false);
    configuration.addCustomizer(new SecureRequestCustomizer(false));
    return new HttpConnectionFactory(configuration);
  }

  private static SslConnectionFactory tls(SmallAuthority authority) {
    var tls = new SslContextFactory.Server();
    tls.setSslContext(CertificatePerName.context(authority, HOST));
    return new SslConnectionFactory(tls, "http/1.1");
  }

  public AcmeFaults faults() {
    return faults;
  }

  public AcmeLog log() {
    return log;
  }

  /// The last certificate that was given out for the name.
  public Optional<X509Certificate> lastCertificate(String hostname) {
    return subjects.lastCertificate(hostname);
  }

  /// Makes the CA suggest that the certificate be renewed in that window (RFC 9773 §4.2).
  ///
  /// @return what Pebble answered, 200 when it is done
  public int suggestRenewal(X509Certificate certificate, Instant start, Instant end)
      throws IOException, InterruptedException {
    var window = Map.of("start", start.toString(), "end", end.toString());
    var body =
        Map.of(
            "Certificate", SmallAuthority.pem(certificate),
            "ARIResponse", json(Map.of("suggestedWindow", window)));
    var headers =
        HttpFields.build()
            .put(HttpHeader.CONTENT_TYPE, "application/json")
            .put(HttpHeader.USER_AGENT, "nameplate-sandbox");
    return management
        .ask(
            "POST",
            managementAddress.resolve("/set-renewal-info/"),
            headers,
            json(body).getBytes(StandardCharsets.UTF_8))
        .getStatus();
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of strings are JSON", e);
    }
  }

  @Override
  public void close() {
    Jetty.stop(server);
    pebble.close();
    management.close();
  }
}
