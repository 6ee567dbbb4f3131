package io.nameplate.sandbox.control;

import io.nameplate.sandbox.tcp.TcpMode;
import io.nameplate.sandbox.tcp.TcpProxies;
import io.nameplate.sandbox.tcp.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The requests that put bad networks between two parts.
public final class TcpControl {
  private static final int MAX_DELAY_MILLIS = 600_000;

  private final TcpProxies proxies;

  public TcpControl(TcpProxies proxies) {
    this.proxies = proxies;
  }

  /// A network between two addresses, each `address:port`.
  ///
  /// @param listen absent: any free port of 127.0.0.1
  record Network(
      @Nullable String listen,
      @Nullable String to,
      @Nullable String mode,
      @Nullable Integer delayMs) {}

  public List<Route> routes() {
    return List.of(
        new Route("POST", "/tcp", call -> add(call.as(Network.class))),
        new Route("GET", "/tcp", _ -> Reply.ok(Map.of("networks", all()))),
        new Route("PUT", "/tcp/*", this::set),
        new Route("DELETE", "/tcp/*", this::remove));
  }

  private List<Network> all() {
    return proxies.all().stream().map(TcpControl::shown).toList();
  }

  private Reply add(Network wanted) {
    var listen = address("listen", wanted.listen() == null ? "127.0.0.1:0" : wanted.listen());
    if (wanted.to() == null) {
      throw new InputException("to", "is missing");
    }
    var standard = new TcpProxy.Setting(TcpMode.PASS, Duration.ZERO);
    try {
      var proxy = TcpProxy.start(listen, address("to", wanted.to()), setting(wanted, standard));
      proxies.add(proxy);
      return Reply.created(shown(proxy));
    } catch (IOException e) {
      throw new InputException("listen", "%s: %s".formatted(wanted.listen(), e.getMessage()));
    }
  }

  private Reply set(Call call) {
    var proxy = proxies.find(call.lastSegment()).orElseThrow(() -> unknown(call));
    proxy.set(setting(call.as(Network.class), proxy.setting()));
    return Reply.ok(shown(proxy));
  }

  private Reply remove(Call call) throws IOException {
    if (!proxies.remove(call.lastSegment())) {
      throw unknown(call);
    }
    return Reply.nothing();
  }

  private static InputException unknown(Call call) {
    return new InputException("listen", "nothing listens at \"%s\"".formatted(call.lastSegment()));
  }

  private static TcpProxy.Setting setting(Network wanted, TcpProxy.Setting now) {
    var mode = wanted.mode() == null ? now.mode() : mode(wanted.mode());
    var delay = now.delay();
    if (wanted.delayMs() != null) {
      if (wanted.delayMs() < 0 || wanted.delayMs() > MAX_DELAY_MILLIS) {
        throw new InputException("delay_ms", wanted.delayMs() + " (expected: 0 to 600000)");
      }
      delay = Duration.ofMillis(wanted.delayMs());
    }
    return new TcpProxy.Setting(mode, delay);
  }

  private static TcpMode mode(String word) {
    return TcpMode.of(word)
        .orElseThrow(() ->
            new InputException("mode", "\"%s\" (expected: %s)".formatted(word, TcpMode.words())));
  }

  private static InetSocketAddress address(String field, String text) {
    int colon = text.lastIndexOf(':');
    try {
      return new InetSocketAddress(
          InetAddress.ofLiteral(text.substring(0, Math.max(colon, 0))),
          Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new InputException(field, "\"%s\" (expected: address:port)".formatted(text));
    }
  }

  private static Network shown(TcpProxy proxy) {
    var target = proxy.target();
    return new Network(
        TcpProxies.name(proxy),
        "%s:%d".formatted(target.getHostString(), target.getPort()),
        proxy.setting().mode().word(),
        Math.toIntExact(proxy.setting().delay().toMillis()));
  }
}
