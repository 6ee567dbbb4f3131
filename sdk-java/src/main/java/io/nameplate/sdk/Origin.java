package io.nameplate.sdk;

/// The server that requests are passed to.
///
/// @param url scheme, host, port and an optional path that is put before the request's path
public record Origin(String url, HostHeader hostHeader) {

  /// An origin that sees the visitor's Host header.
  public static Origin of(String url) {
    return new Origin(url, HostHeader.VISITOR);
  }

  /// The same server, given another Host header.
  public Origin withHostHeader(HostHeader header) {
    return new Origin(url, header);
  }

  /// Whose Host header the origin sees.
  public enum HostHeader {
    /// The name that the visitor asked for.
    VISITOR,
    /// The origin's own name.
    ORIGIN,
    /// A choice that this release of the client does not know.
    UNRECOGNIZED
  }
}
