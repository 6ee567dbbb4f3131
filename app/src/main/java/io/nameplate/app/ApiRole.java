package io.nameplate.app;

import io.nameplate.adapters.edge.ListenerIdentity;
import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.PostgresCallers;
import io.nameplate.adapters.postgres.PostgresClusterDesk;
import io.nameplate.adapters.postgres.PostgresDomainDesk;
import io.nameplate.adapters.postgres.PostgresReplies;
import io.nameplate.api.ApiServer;
import io.nameplate.api.clusters.JoinTokens;
import io.nameplate.api.domains.ConfiguredZones;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;

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
            Boundaries.origins(environment),
            new ConfiguredZones(Boundaries.zones(environment)),
            secret,
            Clock.systemUTC()));
  }
}
