package io.nameplate.app;

import io.nameplate.addresses.AddressPolicy;
import io.nameplate.addresses.AddressText;
import io.nameplate.addresses.Cidr;
import io.nameplate.domains.Hostname;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What this installation keeps from its users' domains, as configured: where no origin may be, and
/// zones in which nobody gets a hostname. What its clusters and nodes say comes on top.
final class Boundaries {
  private Boundaries() {}

  static AddressPolicy origins(Environment environment) {
    return new AddressPolicy(networks(environment), own(environment));
  }

  static Set<Hostname> zones(Environment environment) {
    var key = "NAMEPLATE_OWN_ZONES";
    try {
      return environment.list(key).stream().map(Hostname::new).collect(Collectors.toSet());
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(key, String.valueOf(e.getMessage()));
    }
  }

  private static List<Cidr> networks(Environment environment) {
    var key = "NAMEPLATE_ORIGIN_ALLOWED_NETWORKS";
    try {
      return environment.list(key).stream().map(Cidr::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(key, String.valueOf(e.getMessage()));
    }
  }

  /// Where this installation listens beside its clusters and nodes; names and "everywhere" say
  /// nothing.
  private static List<Cidr> own(Environment environment) {
    var key = "NAMEPLATE_OWN_ADDRESSES";
    try {
      return Stream.concat(
              environment.list(key).stream().map(Cidr::parse),
              Stream.of("NAMEPLATE_API_ADDRESS", "NAMEPLATE_EDGE_ADDRESS")
                  .flatMap(listener -> environment.text(listener).stream())
                  .flatMap(text -> HostAndPort.parse(text).stream())
                  .flatMap(listener -> AddressText.parse(listener.host()).stream())
                  .filter(address -> !address.isAnyLocalAddress())
                  .map(AddressText::of)
                  .map(Cidr::parse))
          .toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(key, String.valueOf(e.getMessage()));
    }
  }
}
