package io.nameplate.sdk;

/// A record that the name's owner has to set.
///
/// @param name relative to the registrable domain, `@` for itself; what most DNS panels ask for
/// @param fqdn A-labels, no trailing dot
/// @param required whether the domain cannot become active without it
/// @param seen whether the last look found it
public record DnsRecord(
    String type,
    String name,
    String fqdn,
    String value,
    Purpose purpose,
    boolean required,
    boolean seen) {

  /// What the record is for.
  public enum Purpose {
    /// Brings visitors here.
    ROUTING,
    /// Shows whose name it is.
    OWNERSHIP,
    /// A purpose that this release of the client does not know.
    UNRECOGNIZED
  }
}
