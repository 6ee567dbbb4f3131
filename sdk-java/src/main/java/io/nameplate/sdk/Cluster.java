package io.nameplate.sdk;

import java.time.Instant;
import java.util.List;

/// Edge nodes that share addresses and serve the same domains.
///
/// @param shared whether other teams use it too
/// @param cnameZone the zone that CNAME records of sub-domains point into
/// @param addresses what A and AAAA records point to
public record Cluster(
    String id,
    String name,
    boolean shared,
    String cnameZone,
    List<String> addresses,
    Instant createdAt) {

  public Cluster {
    addresses = List.copyOf(addresses);
  }
}
