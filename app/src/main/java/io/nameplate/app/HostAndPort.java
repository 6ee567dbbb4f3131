package io.nameplate.app;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where to listen.
///
/// @param host a name or an address without brackets
/// @param port 0: any free one
public record HostAndPort(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^:\\[\\]]+)):(\\d{1,5})");

  /// Reads `host:port`; an IPv6 address stands in brackets.
  public static Optional<HostAndPort> parse(String text) {
    var match = FORM.matcher(text);
    if (!match.matches() || Integer.parseInt(match.group(3)) > 65_535) {
      return Optional.empty();
    }
    var host = match.group(1) == null ? match.group(2) : match.group(1);
    return Optional.of(new HostAndPort(host, Integer.parseInt(match.group(3))));
  }
}
