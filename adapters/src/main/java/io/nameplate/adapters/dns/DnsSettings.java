package io.nameplate.adapters.dns;

import io.nameplate.addresses.AddressPolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Whom to ask in DNS, and how much.
///
/// @param asking whether the zones' own servers are asked or only resolvers
/// @param rootHints the root's servers (default: the internet's thirteen)
/// @param nameServerPort where zones' servers listen (default 53; another only in a sandbox)
/// @param resolvers validating resolvers that must agree before anything is ordered; in the mode
///   RESOLVERS the only ones asked. Empty: nobody has to agree
/// @param nameServers which addresses zones' servers may have: customers choose them
/// @param limits how much one look may cost
public record DnsSettings(
    Asking asking,
    List<InetSocketAddress> rootHints,
    int nameServerPort,
    List<InetSocketAddress> resolvers,
    AddressPolicy nameServers,
    Limits limits) {

  public DnsSettings {
    rootHints = List.copyOf(rootHints);
    resolvers = List.copyOf(resolvers);
    if (asking == Asking.AUTHORITIES && rootHints.isEmpty()) {
      throw new IllegalArgumentException("dns.root-hints: none (expected: one address at least)");
    }
    if (asking == Asking.RESOLVERS && resolvers.isEmpty()) {
      throw new IllegalArgumentException("dns.resolvers: none (expected: one address at least)");
    }
  }

  /// Who is asked.
  public enum Asking {
    /// The zones' own servers, zone by zone from the root.
    AUTHORITIES,
    /// The configured resolvers only, for zones that the internet does not see.
    RESOLVERS
  }

  /// How much one look may cost, so that a customer's zone cannot make us flood somebody.
  ///
  /// @param queries in all; a plain sub-domain needs about 20
  /// @param queriesPerServer to one address
  /// @param serversPerZone addresses asked of those a zone lists
  /// @param aliases followed before a chain counts as too long; resolvers give up between 8 and 16
  /// @param firstTry how long an answer by UDP is waited for
  /// @param secondTry and when asked again; then the server counts as silent
  /// @param resolverTry how long a resolver's answer is waited for, twice: it may have to ask
  ///   others
  /// @param tcp for a whole exchange by TCP
  /// @param look for everything
  public record Limits(
      int queries,
      int queriesPerServer,
      int serversPerZone,
      int aliases,
      Duration firstTry,
      Duration secondTry,
      Duration resolverTry,
      Duration tcp,
      Duration look) {
    /// 120 queries, 40 a server, 4 servers a zone, 8 aliases; 0.8 s + 1.5 s by UDP, 2 s by TCP; 8
    /// s.
    public static final Limits DEFAULT =
        new Limits(
            120,
            40,
            4,
            8,
            Duration.ofMillis(800),
            Duration.ofMillis(1500),
            Duration.ofMillis(2500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(8));
  }

  /// The root's servers (a.root-servers.net to m.root-servers.net, as IANA lists them in 2026),
  /// IPv4.
  public static List<InetSocketAddress> internetRoots() {
    return Stream.of(
            "198.41.0.4",
            "170.247.170.2",
            "192.33.4.12",
            "199.7.91.13",
            "192.203.230.10",
            "192.5.5.241",
            "192.112.36.4",
            "198.97.190.53",
            "192.36.148.17",
            "192.58.128.30",
            "193.0.14.129",
            "199.7.83.42",
            "202.12.27.33")
        .map(address -> new InetSocketAddress(InetAddress.ofLiteral(address), 53))
        .toList();
  }
}
