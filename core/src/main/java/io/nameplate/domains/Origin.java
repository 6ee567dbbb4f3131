package io.nameplate.domains;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The server that requests are passed to.
///
/// @param url as [OriginRules] accepts it: scheme `http` or `https`, a host, optionally a port and
///   a path. The parts below throw [IllegalStateException] for anything else, so that one bad row
///   spoils nothing but itself
public record Origin(String url, HostHeader hostHeader) {
  private static final Pattern URL =
      Pattern.compile(
          "(https?)://(?:\\[([0-9a-f:]{2,45})\\]|([a-z0-9.-]{1,253}))(?::([1-9][0-9]{0,4}))?(/.*)?");

  /// Whether the parts can be read.
  public boolean wellFormed() {
    var parts = URL.matcher(url);
    return parts.matches() && (parts.group(4) == null || Integer.parseInt(parts.group(4)) <= 65535);
  }

  /// `http` or `https`.
  public String scheme() {
    return parts().group(1);
  }

  /// A name, or an address without brackets.
  public String host() {
    var parts = parts();
    return parts.group(2) == null ? parts.group(3) : parts.group(2);
  }

  /// The given port, or the scheme's own.
  public int port() {
    var parts = parts();
    return parts.group(4) != null
        ? Integer.parseInt(parts.group(4))
        : parts.group(1).equals("https") ? 443 : 80;
  }

  /// What is put before the path of a request; `/` when nothing is.
  public String path() {
    var path = parts().group(5);
    return path == null ? "/" : path;
  }

  private Matcher parts() {
    var parts = URL.matcher(url);
    if (!wellFormed() || !parts.matches()) {
      throw new IllegalStateException(
          "origin: \"%s\" (expected: an URL with a scheme, a host, a port and a path)"
              .formatted(url));
    }
    return parts;
  }
}
