package io.nameplate.app;

import io.nameplate.adapters.edge.ListenerIdentity;
import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.PostgresCallers;
import io.nameplate.adapters.postgres.PostgresClusterDesk;
import io.nameplate.adapters.postgres.PostgresDomainDesk;
import io.nameplate.adapters.postgres.PostgresReplies;
import io.nameplate.addresses.AddressPolicy;
import io.nameplate.addresses.AddressText;
import io.nameplate.addresses.Cidr;
import io.nameplate.api.ApiServer;
import io.nameplate.api.clusters.JoinTokens;
import io.nameplate.api.domains.ConfiguredZones;
import io.nameplate.domains.Hostname;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The role `api`, wired.
final class ApiRole {
  private static final String SECRET = "api.secret";

  private ApiRole() {}

  static AutoCloseable start(
      Environment environment, Databases databases, Database database, ListenerIdentity identity)
      throws IOException {
    var address = environment.address("NAMEPLATE_API_ADDRESS", "127.0.0.1:14000");
    var secret = databases.secrets().madeOnce(SECRET);
    return ApiServer.start(
        new ApiServer.Settings(
            address.host(),
            address.port(),
            environment.duration("NAMEPLATE_SHUTDOWN_GRACE", Duration.ofSeconds(10))),
        new ApiServer.Parts(
            new PostgresCallers(database),
            new PostgresReplies(database),
            new PostgresDomainDesk(database),
            new PostgresClusterDesk(database),
            database,
            new JoinTokens(secret, identity.pin(), environment.joinCommand()),
            new AddressPolicy(networks(environment), own(environment)),
            zones(environment),
            secret,
            Clock.systemUTC()));
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

  private static ConfiguredZones zones(Environment environment) {
    var key = "NAMEPLATE_OWN_ZONES";
    try {
      return new ConfiguredZones(
          environment.list(key).stream().map(Hostname::new).collect(Collectors.toSet()));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(key, String.valueOf(e.getMessage()));
    }
  }
}
