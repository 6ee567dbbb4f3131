package io.nameplate.domains;

/// One record that the domain's owner has to set, or may.
///
/// @param name relative to the registrable domain, `@` for itself; what most DNS panels ask for
/// @param fqdn A-labels, no trailing dot
/// @param required whether the domain cannot become active without it
/// @param seen whether the last look found it
public record DnsRecord(
    Type type,
    String name,
    String fqdn,
    String value,
    Purpose purpose,
    boolean required,
    boolean seen) {

  /// The record's type.
  public enum Type {
    CNAME,
    A,
    AAAA,
    TXT
  }

  /// What it is for.
  public enum Purpose {
    /// It leads visitors to the cluster.
    ROUTING,
    /// It proves that the name is the team's.
    OWNERSHIP
  }
}
