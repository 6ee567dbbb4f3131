package io.nameplate.sandbox.origins;

import io.nameplate.sandbox.tls.CertificatePerName;
import io.nameplate.sandbox.tls.SmallAuthority;
import java.io.Closeable;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/// The origins, running on one address, one port after the other.
public final class Origins implements Closeable {
  private final Server server;
  private final Map<Origin, Behaviour> behaviours = new ConcurrentHashMap<>();
  private final Map<Origin, LongAdder> requests = new EnumMap<>(Origin.class);

  private Origins(Server server) {
    this.server = server;
    for (var origin : Origin.values()) {
      behaviours.put(origin, Behaviour.of(origin));
      requests.put(origin, new LongAdder());
    }
  }

  /// Starts all of them.
  ///
  /// @param firstPort of [Origin#PLAIN]; the others follow
  public static Origins start(String address, int firstPort, SmallAuthority authority)
      throws IOException {
    var threads = new QueuedThreadPool(64);
    threads.setName("origins");
    var server = new Server(threads);
    var origins = new Origins(server);
    for (var origin : Origin.values()) {
      var connector =
          origin == Origin.TLS
              ? new ServerConnector(server, tls(authority), http(true))
              : new ServerConnector(server, http(false));
      connector.setName(origin.name());
      connector.setHost(address);
      connector.setPort(origin.port(firstPort));
      connector.setAcceptQueueSize(1_024);
      server.addConnector(connector);
    }
    var sockets =
        WebSocketUpgradeHandler.from(
            server, container -> container.addMapping("/*", (_, _, _) -> new EchoSocket()));
    server.setHandler(new OriginHandler(origins, sockets));
    Jetty.start(server, "the origins");
    return origins;
  }

  private static HttpConnectionFactory http(boolean isSecure) {
    var configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    if (isSecure) {
      // Origins are visited under names of customers and by address too.
      configuration.addCustomizer(new SecureRequestCustomizer(false));
    }
    return new HttpConnectionFactory(configuration);
  }

  private static SslConnectionFactory tls(SmallAuthority authority) {
    var tls = new SslContextFactory.Server();
    tls.setSslContext(CertificatePerName.context(authority, Origin.TLS.hostname()));
    return new SslConnectionFactory(tls, "http/1.1");
  }

  public Behaviour behaviour(Origin origin) {
    return behaviours.getOrDefault(origin, Behaviour.of(origin));
  }

  /// Until the next change or restart.
  public void behave(Origin origin, Behaviour behaviour) {
    behaviours.put(origin, behaviour);
  }

  /// Back to its nature.
  public void behaveByNature(Origin origin) {
    behaviours.put(origin, Behaviour.of(origin));
  }

  void count(Origin origin) {
    requests.getOrDefault(origin, new LongAdder()).increment();
  }

  /// How many requests it got since the start.
  public long requests(Origin origin) {
    return requests.getOrDefault(origin, new LongAdder()).sum();
  }

  @Override
  public void close() {
    Jetty.stop(server);
  }
}
