package io.nameplate.domains;

/// What came of adding a domain.
public sealed interface Addition {
  /// It is there.
  record Added(DomainView view) implements Addition {}

  /// The team has a domain with this hostname already.
  record Exists() implements Addition {}

  /// The team may not use the cluster it named, or none at all.
  record NoCluster() implements Addition {}
}
