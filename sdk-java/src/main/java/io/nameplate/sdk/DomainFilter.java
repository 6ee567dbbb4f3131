package io.nameplate.sdk;

import java.util.Optional;

/// Which domains a list shows.
///
/// @param hostnamePrefix the text that hostnames begin with, Unicode or A-labels, in any case
public record DomainFilter(Optional<DomainStatus> status, Optional<String> hostnamePrefix) {

  private static final DomainFilter ALL = new DomainFilter(Optional.empty(), Optional.empty());

  /// Every domain of the team.
  public static DomainFilter all() {
    return ALL;
  }

  /// Only domains with this status.
  public DomainFilter withStatus(DomainStatus wanted) {
    return new DomainFilter(Optional.of(wanted), hostnamePrefix);
  }

  /// Only hostnames that begin with this text; an empty one is no restriction.
  public DomainFilter withPrefix(String text) {
    return new DomainFilter(status, text.isBlank() ? Optional.empty() : Optional.of(text.strip()));
  }
}
