package io.nameplate.app;

import io.nameplate.adapters.edge.ListenerIdentity;
import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.PostgresEdgeFeed;
import io.nameplate.api.edge.EdgeListener;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;

/// The role `edge-api`, wired.
final class EdgeRole {
  private EdgeRole() {}

  static AutoCloseable start(Environment environment, Database database, ListenerIdentity identity)
      throws IOException {
    var address = environment.address("NAMEPLATE_EDGE_ADDRESS", "127.0.0.1:14001");
    return EdgeListener.start(
        new EdgeListener.Settings(
            address.host(),
            address.port(),
            identity.certificate(),
            identity.key(),
            environment.duration("NAMEPLATE_SHUTDOWN_GRACE", Duration.ofSeconds(10))),
        new PostgresEdgeFeed(database),
        Clock.systemUTC());
  }
}
