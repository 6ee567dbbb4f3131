package io.nameplate.sandbox.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.xbill.DNS.Name;

/// The authoritative servers, all on one port: two for the root and the top-level domains, two for
/// everybody's zones.
public record NameServers(List<InetAddress> registry, List<InetAddress> hosting, int port) {
  private static final Name REGISTRY_ZONE = Name.fromConstantString("registry.sandbox.");
  private static final Name HOSTING_ZONE = Name.fromConstantString("dns.sandbox.");

  /// Which zones a server answers for.
  enum Role {
    REGISTRY,
    HOSTING;

    static Role of(Name zone) {
      return zone.labels() <= 2 ? REGISTRY : HOSTING;
    }
  }

  /// One server.
  ///
  /// @param index 0 for the first of its role, 1 for the second
  record Server(Role role, int index, Name name, InetSocketAddress address) {}

  public NameServers {
    registry = List.copyOf(registry);
    hosting = List.copyOf(hosting);
    if (registry.size() != 2 || hosting.size() != 2) {
      throw new IllegalArgumentException(
          "name servers: %d and %d addresses (expected: 2 and 2)"
              .formatted(registry.size(), hosting.size()));
    }
  }

  Server server(Role role, int index) {
    var addresses = role == Role.REGISTRY ? registry : hosting;
    return new Server(
        role, index, name(role, index), new InetSocketAddress(addresses.get(index), port));
  }

  /// Name of a server: `ns1.registry.sandbox`, `ns2.dns.sandbox`.
  static Name name(Role role, int index) {
    var zone = role == Role.REGISTRY ? REGISTRY_ZONE : HOSTING_ZONE;
    return Name.fromConstantString("ns%d.%s".formatted(index + 1, zone));
  }

  /// A further name for the second hosting server, which only a zone in fault uses.
  static Name alias() {
    return Name.fromConstantString("ns3." + HOSTING_ZONE);
  }
}
