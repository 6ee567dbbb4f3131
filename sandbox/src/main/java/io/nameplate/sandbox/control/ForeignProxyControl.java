package io.nameplate.sandbox.control;

import io.nameplate.sandbox.origins.ForeignProxy;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The requests that say what the foreign proxy does.
public final class ForeignProxyControl {
  private final ForeignProxy proxy;

  public ForeignProxyControl(ForeignProxy proxy) {
    this.proxy = proxy;
  }

  /// What is absent stays as it is.
  record Setting(@Nullable String mode, @Nullable String edge) {}

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/foreign-proxy", _ -> Reply.ok(shown())),
        new Route("PUT", "/foreign-proxy", call -> set(call.as(Setting.class))));
  }

  private Reply set(Setting wanted) {
    var now = proxy.setting();
    proxy.set(
        new ForeignProxy.Setting(
            wanted.mode() == null ? now.mode() : mode(wanted.mode()),
            wanted.edge() == null ? now.edge() : edge(wanted.edge())));
    return Reply.ok(shown());
  }

  private static ForeignProxy.Mode mode(String word) {
    return ForeignProxy.Mode.of(word)
        .orElseThrow(() ->
            new InputException(
                "mode", "\"%s\" (expected: pass, redirect-to-https, not-ours)".formatted(word)));
  }

  private static InetAddress edge(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new InputException("edge", "\"%s\" (expected: an address)".formatted(text));
    }
  }

  private Setting shown() {
    var now = proxy.setting();
    return new Setting(now.mode().word(), now.edge().getHostAddress());
  }
}
