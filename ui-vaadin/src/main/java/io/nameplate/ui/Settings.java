package io.nameplate.ui;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// What the dashboard is told by its environment. A wrong value stops the start and is named.
///
/// @param api where the API is: `NAMEPLATE_API_URL`
/// @param address where to listen: `NAMEPLATE_DASHBOARD_ADDRESS`, host and port, default
///   `127.0.0.1:14002`
/// @param temporalUi Temporal's web UI for links: `NAMEPLATE_TEMPORAL_UI_URL`; empty shows none
/// @param temporalNamespace the namespace of the workflows, as the worker has it:
///   `NAMEPLATE_TEMPORAL_NAMESPACE`, default `default`
/// @param sandbox the sandbox's control address: `NAMEPLATE_SANDBOX_URL`; empty outside a sandbox
/// @param behindProxy whether `X-Forwarded-*` and `Forwarded` come from a proxy to be believed:
///   `NAMEPLATE_DASHBOARD_BEHIND_PROXY`, default `false`
public record Settings(
    URI api,
    InetSocketAddress address,
    Optional<URI> temporalUi,
    String temporalNamespace,
    Optional<URI> sandbox,
    boolean behindProxy) {

  /// Reads them.
  ///
  /// @throws IllegalArgumentException naming the variable that is missing or wrong
  public static Settings from(Map<String, String> environment) {
    return new Settings(
        url(environment, "NAMEPLATE_API_URL")
            .orElseThrow(() -> new IllegalArgumentException("NAMEPLATE_API_URL is not set")),
        address(text(environment, "NAMEPLATE_DASHBOARD_ADDRESS").orElse("127.0.0.1:14002")),
        url(environment, "NAMEPLATE_TEMPORAL_UI_URL"),
        text(environment, "NAMEPLATE_TEMPORAL_NAMESPACE").orElse("default"),
        url(environment, "NAMEPLATE_SANDBOX_URL"),
        flag(environment, "NAMEPLATE_DASHBOARD_BEHIND_PROXY"));
  }

  /// An empty value counts as none.
  private static Optional<String> text(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  private static Optional<URI> url(Map<String, String> environment, String name) {
    return text(environment, name).map(value -> parse(name, value.replaceAll("/+$", "")));
  }

  private static URI parse(String name, String value) {
    if (!value.matches("https?://[^/\\s\"'<>]+(/[^\\s\"'<>]*)?")) {
      throw new IllegalArgumentException(
          "%s: \"%s\" (expected: http or https, a host, and optionally a port)"
              .formatted(name, value));
    }
    return URI.create(value);
  }

  private static InetSocketAddress address(String value) {
    var colon = value.lastIndexOf(':');
    if (colon < 1 || !value.substring(colon + 1).matches("\\d{1,5}")) {
      throw new IllegalArgumentException(
          "NAMEPLATE_DASHBOARD_ADDRESS: \"%s\" (expected: host:port)".formatted(value));
    }
    var host = value.substring(0, colon).replaceAll("^\\[|]$", "");
    return new InetSocketAddress(host, Integer.parseInt(value.substring(colon + 1)));
  }

  private static boolean flag(Map<String, String> environment, String name) {
    var value = text(environment, name).orElse("false");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException(
              "%s: \"%s\" (expected: true or false)".formatted(name, value));
    };
  }
}
