package io.nameplate.domains;

import java.net.URI;

/// The server that requests are passed to.
///
/// @param url scheme `http` or `https`, a host, optionally a port and a path
public record Origin(String url, HostHeader hostHeader) {

  /// `http` or `https`.
  public String scheme() {
    return URI.create(url).getScheme();
  }

  /// A name, or an address without brackets.
  public String host() {
    var host = URI.create(url).getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /// The given port, or the scheme's own.
  public int port() {
    var port = URI.create(url).getPort();
    return port >= 0 ? port : scheme().equals("https") ? 443 : 80;
  }

  /// What is put before the path of a request; `/` when nothing is.
  public String path() {
    var path = URI.create(url).getRawPath();
    return path == null || path.isEmpty() ? "/" : path;
  }
}
