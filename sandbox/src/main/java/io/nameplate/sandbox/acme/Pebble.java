package io.nameplate.sandbox.acme;

import io.nameplate.sandbox.origins.Jetty;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/// The real CA behind the proxy. Requests go to its address whatever host they name, because it
/// builds its URLs from that.
final class Pebble implements Closeable {
  private static final int TIMEOUT_SECONDS = 60;
  private static final List<HttpHeader> HOP_BY_HOP =
      List.of(
          HttpHeader.CONNECTION,
          HttpHeader.KEEP_ALIVE,
          HttpHeader.TRANSFER_ENCODING,
          HttpHeader.CONTENT_LENGTH,
          HttpHeader.UPGRADE,
          HttpHeader.EXPECT,
          HttpHeader.HOST);

  private final HttpClient client;

  private Pebble(HttpClient client) {
    this.client = client;
  }

  /// @param authority PEM file that its own HTTPS certificate leads to; empty: any is accepted
  static Pebble at(URI address, Optional<Path> authority) throws IOException {
    var tls = new SslContextFactory.Client();
    tls.setEndpointIdentificationAlgorithm(null);
    if (authority.isPresent()) {
      tls.setTrustStore(trusted(authority.get()));
    } else {
      tls.setTrustAll(true);
    }
    var connector = new ClientConnector();
    connector.setSslContextFactory(tls);
    var client = new HttpClient(new HttpClientTransportOverHTTP(connector));
    var there = new InetSocketAddress(InetAddress.ofLiteral(address.getHost()), address.getPort());
    client.setSocketAddressResolver((_, _, _, promise) -> promise.succeeded(List.of(there)));
    client.setFollowRedirects(false);
    client.setUserAgentField(null);
    client.setMaxConnectionsPerDestination(256);
    client.getContentDecoderFactories().clear();
    Jetty.start(client, "the client of Pebble");
    client.getProtocolHandlers().clear();
    return new Pebble(client);
  }

  private static KeyStore trusted(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (var each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("pebble-" + number++, each);
      }
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException("%s holds no certificates".formatted(file), e);
    }
  }

  /// Blocks until the CA has answered in full.
  ContentResponse ask(String method, URI uri, HttpFields headers, byte[] body)
      throws IOException, InterruptedException {
    try {
      var request =
          client
              .newRequest(uri)
              .method(method)
              .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
              .headers(fields ->
                  headers.stream().filter(field -> !isHopByHop(field)).forEach(fields::add));
      if (body.length > 0) {
        request.body(new BytesRequestContent(headers.get(HttpHeader.CONTENT_TYPE), body));
      }
      return request.send();
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("Pebble did not answer: %s".formatted(e.getMessage()), e);
    }
  }

  static boolean isHopByHop(HttpField field) {
    return HOP_BY_HOP.stream().anyMatch(each -> each.is(field.getName()));
  }

  @Override
  public void close() {
    Jetty.stop(client);
  }
}
