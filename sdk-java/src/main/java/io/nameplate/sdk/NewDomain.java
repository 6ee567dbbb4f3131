package io.nameplate.sdk;

import java.util.Optional;

/// What a domain begins with.
///
/// @param hostname any case, with or without a trailing dot, Unicode or A-labels
/// @param clusterId where to serve it; empty leaves it to the team's own cluster, or the shared one
public record NewDomain(String hostname, Origin origin, Optional<String> clusterId) {

  /// A domain on the team's own cluster, or the shared one.
  public static NewDomain of(String hostname, String originUrl) {
    return new NewDomain(hostname, Origin.of(originUrl), Optional.empty());
  }

  /// The same domain with another origin.
  public NewDomain withOrigin(Origin other) {
    return new NewDomain(hostname, other, clusterId);
  }

  /// The same domain on a cluster of choice.
  public NewDomain onCluster(String id) {
    return new NewDomain(hostname, origin, Optional.of(id));
  }
}
