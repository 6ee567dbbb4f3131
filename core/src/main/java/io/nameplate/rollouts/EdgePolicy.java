package io.nameplate.rollouts;

import java.util.Optional;

/// What a cluster wants of its nodes' front doors in place of what they were started with. What is
/// empty stays as the node was started; 0 is no limit.
///
/// @param maxConnectionsPerSource open at once from one IPv4 address or IPv6 /64
/// @param maxUnknownPerSecond handshakes for unknown names from one source, beyond which its
///   connections are closed unread
public record EdgePolicy(
    Optional<Integer> maxConnectionsPerSource, Optional<Integer> maxUnknownPerSecond) {
  /// Nodes do as they were started.
  public static final EdgePolicy NONE = new EdgePolicy(Optional.empty(), Optional.empty());

  public EdgePolicy {
    check("max connections per source", maxConnectionsPerSource);
    check("max unknown per second", maxUnknownPerSecond);
  }

  private static void check(String what, Optional<Integer> limit) {
    if (limit.isPresent() && limit.get() < 0) {
      throw new IllegalArgumentException(
          "%s: %d (expected: 0 or more)".formatted(what, limit.get()));
    }
  }
}
