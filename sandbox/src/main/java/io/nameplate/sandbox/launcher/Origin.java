package io.nameplate.sandbox.launcher;

import java.util.Locale;

/// A customer's server that the sandbox plays.
enum Origin {
  PLAIN(14_020),
  TLS(14_021),
  ECHO(14_022),
  WEBSOCKET(14_023),
  SLOW(14_024),
  FAILING(14_025);

  private final int port;

  Origin(int port) {
    this.port = port;
  }

  /// Before the copy's offset.
  int port() {
    return port;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What an integrator gives as a domain's origin.
  String url(Ports ports) {
    return "%s://%s.origins.sandbox:%d"
        .formatted(this == TLS ? "https" : "http", label(), ports.origin(this).port());
  }
}
