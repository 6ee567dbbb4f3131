package io.nameplate.domains;

import io.nameplate.addresses.AddressPolicy;
import io.nameplate.addresses.AddressText;
import io.nameplate.domains.OriginCheck.Accepted;
import io.nameplate.domains.OriginCheck.Refused;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which URLs can be an origin: `http` or `https`, a host, optionally a port and a path. Addresses
/// are judged by an [AddressPolicy]; names are judged again by whoever dials them.
public final class OriginRules {
  private static final Pattern URL =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\\\\]*)([^?#]*)(\\?[^#]*)?(#.*)?");
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[^\\]]*\\]|[^:\\[\\]]*)(?::([0-9]*))?");

  /// RFC 3986 §3.3; percent signs only before two hexadecimal digits.
  private static final Pattern PATH =
      Pattern.compile("(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*");

  /// Segments that some servers resolve and others do not, plain or encoded.
  private static final Pattern DOT_SEGMENT = Pattern.compile("(?i).*/(?:\\.|%2e){1,2}(?:/.*|$)");

  private static final int LONGEST = 2048;

  private OriginRules() {}

  /// Judges what was typed.
  ///
  /// @param policy which addresses an origin may have
  public static OriginCheck check(String url, AddressPolicy policy) {
    var text = url.strip();
    if (text.length() > LONGEST) {
      return refused(
          "origin-too-long", "The origin has more than %d characters.".formatted(LONGEST));
    }
    var parts = URL.matcher(text);
    if (!parts.matches()) {
      return refused(
          "origin-not-a-url",
          "%s is not a URL (expected: http:// or https://, and a host)."
              .formatted(TypedText.shown(text)));
    }
    var scheme = parts.group(1).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return refused(
          "origin-scheme",
          "%s has the scheme %s (expected: http or https)."
              .formatted(TypedText.shown(text), scheme));
    }
    if (parts.group(4) != null || parts.group(5) != null) {
      return refused(
          "origin-query",
          "%s has a query or a fragment; an origin ends with its path."
              .formatted(TypedText.shown(text)));
    }
    var path = parts.group(3);
    if (!PATH.matcher(path).matches() || DOT_SEGMENT.matcher(path).matches()) {
      return refused(
          "origin-path",
          "The path of %s has characters or segments that are not possible here."
              .formatted(TypedText.shown(text)));
    }
    return checkAuthority(text, scheme, parts.group(2), path.isEmpty() ? "/" : path, policy);
  }

  private static OriginCheck checkAuthority(
      String text, String scheme, String authority, String path, AddressPolicy policy) {
    if (authority.contains("@")) {
      return refused(
          "origin-userinfo", "The origin has a user name or a password in it; it must not.");
    }
    var parts = AUTHORITY.matcher(authority);
    if (!parts.matches() || parts.group(1).isEmpty()) {
      return refused("origin-host", "%s has no usable host.".formatted(TypedText.shown(text)));
    }
    var port = port(parts.group(2), scheme);
    if (port.isEmpty()) {
      return refused(
          "origin-port", "The port of %s is not 1 to 65535.".formatted(TypedText.shown(text)));
    }
    var host = parts.group(1);
    return host.startsWith("[")
        ? checkAddress(host, AddressText.parse(host.substring(1, host.length() - 1)), policy)
            .orElseGet(() -> accepted(scheme, ipv6(host), port.get(), path))
        : checkName(host, policy)
            .orElseGet(() -> accepted(scheme, HostnameText.of(host).ascii(), port.get(), path));
  }

  private static Optional<OriginCheck> checkAddress(
      String shown, Optional<InetAddress> address, AddressPolicy policy) {
    if (address.isEmpty()) {
      return Optional.of(
          refused("origin-host", "%s is not an IP address.".formatted(TypedText.shown(shown))));
    }
    if (shown.startsWith("[") && address.get().getAddress().length == 4) {
      return Optional.of(
          refused(
              "origin-address-spelling",
              "%s is an IPv4 address inside an IPv6 one; write %s."
                  .formatted(shown, AddressText.of(address.get()))));
    }
    return policy
        .objection(address.get())
        .map(why ->
            refused(
                "origin-address",
                "%s cannot be an origin: %s.".formatted(AddressText.of(address.get()), why)));
  }

  private static Optional<OriginCheck> checkName(String host, AddressPolicy policy) {
    var form = HostnameText.of(host);
    var ascii = form.ascii();
    if (HostnameText.endsInNumber(ascii)) {
      return checkNumbers(host, ascii, policy);
    }
    if (!form.errors().isEmpty() || !isHostname(ascii)) {
      return Optional.of(
          refused("origin-host", "%s is not a hostname.".formatted(TypedText.shown(host))));
    }
    if (HostnameText.endsLikeANumber(ascii)) {
      return Optional.of(
          refused(
              "origin-host",
              "%s is neither a hostname nor an address: its last part begins with a digit."
                  .formatted(TypedText.shown(host))));
    }
    if (ascii.equals("localhost") || ascii.endsWith(".localhost")) {
      return checkAddress(ascii, Optional.of(InetAddress.getLoopbackAddress()), policy);
    }
    if (ascii.indexOf('.') < 0 && policy.allowed().isEmpty()) {
      return Optional.of(
          refused(
              "origin-host",
              "%s is a name of one part, which only a local network knows."
                  .formatted(TypedText.shown(host))));
    }
    return Optional.empty();
  }

  private static Optional<OriginCheck> checkNumbers(
      String host, String ascii, AddressPolicy policy) {
    var strict = AddressText.parse(host);
    if (strict.isPresent()) {
      return checkAddress(host, strict, policy);
    }
    var read = HostnameText.asIpv4(ascii);
    return Optional.of(
        read.isPresent()
            ? refused(
                "origin-address-spelling",
                "%s is an unusual spelling of %s; write the address in four decimal numbers."
                    .formatted(TypedText.shown(host), read.get()))
            : refused("origin-host", "%s is not an IP address.".formatted(TypedText.shown(host))));
  }

  private static boolean isHostname(String ascii) {
    try {
      new Hostname(ascii);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Optional<Integer> port(String typed, String scheme) {
    if (typed == null || typed.isEmpty()) {
      return Optional.of(scheme.equals("https") ? 443 : 80);
    }
    if (typed.length() > 5) {
      return Optional.empty();
    }
    int port = Integer.parseInt(typed);
    return port >= 1 && port <= 65535 ? Optional.of(port) : Optional.empty();
  }

  private static String ipv6(String bracketed) {
    return AddressText.of(
        AddressText.parse(bracketed.substring(1, bracketed.length() - 1)).orElseThrow());
  }

  private static OriginCheck accepted(String scheme, String host, int port, String path) {
    var shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    int standard = scheme.equals("https") ? 443 : 80;
    return new Accepted(
        scheme
            + "://"
            + (port == standard ? shown : shown + ":" + port)
            + (path.equals("/") ? "" : path));
  }

  private static OriginCheck refused(String code, String message) {
    return new Refused(code, message);
  }
}
