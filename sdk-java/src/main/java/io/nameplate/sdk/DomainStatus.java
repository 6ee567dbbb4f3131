package io.nameplate.sdk;

import java.util.Locale;

/// Where a domain is in its life, in one word. The domain's conditions say why.
public enum DomainStatus {
  PENDING,
  VERIFYING,
  ISSUING,
  DEPLOYING,
  /// Proven over HTTPS on every node.
  ACTIVE,
  /// Served, but something is wrong: a node, the origin.
  DEGRADED,
  /// Its DNS no longer points here.
  MOVED,
  SUSPENDED,
  EXPIRED,
  REMOVING,
  /// A status that this release of the client does not know.
  UNRECOGNIZED;

  /// The word on the wire, such as `active`.
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
