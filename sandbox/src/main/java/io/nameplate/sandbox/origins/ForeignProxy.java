package io.nameplate.sandbox.origins;

import io.nameplate.sandbox.tls.CertificatePerName;
import io.nameplate.sandbox.tls.SmallAuthority;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.proxy.ProxyHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// A proxy of somebody else, as customers put before everything they have: visitors see its address
/// and its certificate, and it passes on to an edge.
public final class ForeignProxy implements Closeable {
  private static final String NAME = "foreign-proxy.sandbox";

  private final Server server;
  private final AtomicReference<Setting> setting;

  /// What it does with a request.
  public enum Mode {
    /// Passes it on.
    PASS,
    /// Answers plain HTTP with a redirect to HTTPS, and passes HTTPS on.
    REDIRECT_TO_HTTPS,
    /// Answers 200 by itself.
    NOT_OURS;

    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Mode> of(String word) {
      return Arrays.stream(values()).filter(mode -> mode.word().equals(word)).findFirst();
    }
  }

  /// What it does, and to which edge it passes on.
  public record Setting(Mode mode, InetAddress edge) {}

  /// Its own ports, which are the edges' too.
  public record Ports(int http, int https) {}

  private ForeignProxy(Server server, AtomicReference<Setting> setting) {
    this.server = server;
    this.setting = setting;
  }

  /// Starts it on that address. The edge need not run yet.
  public static ForeignProxy start(
      String address, Ports ports, InetAddress edge, SmallAuthority authority) throws IOException {
    var threads = new QueuedThreadPool(64);
    threads.setName("foreign-proxy");
    var server = new Server(threads);
    server.addConnector(connector(new ServerConnector(server, http(false)), address, ports.http()));
    server.addConnector(
        connector(new ServerConnector(server, tls(authority), http(true)), address, ports.https()));
    var setting = new AtomicReference<>(new Setting(Mode.PASS, edge));
    server.setHandler(
        new Choice(setting, new ToEdge(setting, ports::http), new ToEdge(setting, ports::https)));
    Jetty.start(server, "the foreign proxy");
    return new ForeignProxy(server, setting);
  }

  private static ServerConnector connector(ServerConnector connector, String address, int port) {
    connector.setHost(address);
    connector.setPort(port);
    return connector;
  }

  private static HttpConnectionFactory http(boolean isSecure) {
    var configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    if (isSecure) {
      configuration.addCustomizer(new SecureRequestCustomizer(false));
    }
    return new HttpConnectionFactory(configuration);
  }

  private static SslConnectionFactory tls(SmallAuthority authority) {
    var tls = new SslContextFactory.Server();
    tls.setSslContext(CertificatePerName.context(authority, NAME));
    return new SslConnectionFactory(tls, "http/1.1");
  }

  public Setting setting() {
    return setting.get();
  }

  /// For the requests that come from now on.
  public void set(Setting wanted) {
    setting.set(wanted);
  }

  @Override
  public void close() {
    Jetty.stop(server);
  }

  private static final class Choice extends Handler.Sequence {
    private final AtomicReference<Setting> setting;
    private final Handler plain;
    private final Handler secure;

    Choice(AtomicReference<Setting> setting, Handler plain, Handler secure) {
      super(plain, secure);
      this.setting = setting;
      this.plain = plain;
      this.secure = secure;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      return switch (setting.get().mode()) {
        case PASS -> pass(request, response, callback);
        case REDIRECT_TO_HTTPS ->
            request.isSecure()
                ? pass(request, response, callback)
                : redirect(request, response, callback);
        case NOT_OURS -> answer(response, callback);
      };
    }

    private boolean pass(Request request, Response response, Callback callback) throws Exception {
      return (request.isSecure() ? secure : plain).handle(request, response, callback);
    }

    private static boolean redirect(Request request, Response response, Callback callback) {
      var target = HttpURI.build(request.getHttpURI()).scheme("https").port(-1).asString();
      response.setStatus(301);
      response.getHeaders().put(HttpHeader.LOCATION, target);
      response.write(true, ByteBuffer.allocate(0), callback);
      return true;
    }

    private static boolean answer(Response response, Callback callback) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/html");
      Content.Sink.write(response, true, "<h1>Welcome to somebody else</h1>\n", callback);
      return true;
    }
  }

  /// Passes on to the edge that is set, under the name the visitor asked for.
  private static final class ToEdge extends ProxyHandler.Reverse {
    private final AtomicReference<Setting> setting;
    private final IntSupplier port;

    ToEdge(AtomicReference<Setting> setting, IntSupplier port) {
      super(Request::getHttpURI);
      this.setting = setting;
      this.port = port;
      setViaHost(NAME);
    }

    /// A connection is used for one edge only: requests after a change open others.
    @Override
    protected org.eclipse.jetty.client.Request newProxyToServerRequest(
        Request request, HttpURI uri) {
      return super.newProxyToServerRequest(request, uri).tag(setting.get().edge());
    }

    @Override
    protected HttpClient newHttpClient() {
      var tls = new SslContextFactory.Client(true);
      tls.setEndpointIdentificationAlgorithm(null);
      var connector = new ClientConnector();
      connector.setSslContextFactory(tls);
      var client = new HttpClient(new HttpClientTransportOverHTTP(connector));
      client.setSocketAddressResolver((_, _, _, promise) ->
          promise.succeeded(List.of(new InetSocketAddress(setting.get().edge(), port.getAsInt()))));
      return client;
    }
  }
}
