package io.nameplate.reach;

import io.nameplate.domains.Hostname;
import io.nameplate.edge.ReachMac;
import java.net.InetAddress;
import java.util.Set;

/// What is to be dialled.
///
/// @param addresses every address that DNS gives for the name
/// @param clusterAddresses the cluster's own; always dialled, even where public addresses only are
///   allowed
/// @param httpPort the cluster's public HTTP port
/// @param canary a name of the cluster's own, asked at the cluster's addresses to tell a blind
///   vantage from an unreachable name
/// @param mac recognises the cluster's answers
public record ReachQuestion(
    Hostname name,
    Set<InetAddress> addresses,
    Set<InetAddress> clusterAddresses,
    int httpPort,
    Hostname canary,
    ReachMac mac) {

  public ReachQuestion {
    addresses = Set.copyOf(addresses);
    clusterAddresses = Set.copyOf(clusterAddresses);
  }
}
