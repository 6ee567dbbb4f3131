package io.nameplate.sandbox.tcp;

import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The bad networks there are, by where they listen. Safe for concurrent use.
public final class TcpProxies implements Closeable {
  private final Map<String, TcpProxy> proxies = new LinkedHashMap<>();

  /// Where it listens, as `address:port`.
  public static String name(TcpProxy proxy) {
    return "%s:%d".formatted(proxy.address().getHostString(), proxy.address().getPort());
  }

  public synchronized void add(TcpProxy proxy) {
    proxies.put(name(proxy), proxy);
  }

  public synchronized Optional<TcpProxy> find(String name) {
    return Optional.ofNullable(proxies.get(name));
  }

  public synchronized List<TcpProxy> all() {
    return List.copyOf(proxies.values());
  }

  /// Resets its connections and listens no more.
  ///
  /// @return whether there was one
  public synchronized boolean remove(String name) throws IOException {
    var proxy = proxies.remove(name);
    if (proxy != null) {
      proxy.close();
    }
    return proxy != null;
  }

  @Override
  public synchronized void close() throws IOException {
    for (var proxy : proxies.values()) {
      proxy.close();
    }
  }
}
