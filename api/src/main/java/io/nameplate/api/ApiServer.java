package io.nameplate.api;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.web.router.Router;
import io.nameplate.addresses.AddressPolicy;
import io.nameplate.api.clusters.JoinTokens;
import io.nameplate.api.domains.ConfiguredZones;
import io.nameplate.api.requests.Cursors;
import io.nameplate.clusters.ClusterDesk;
import io.nameplate.domains.DomainDesk;
import io.nameplate.record.RecordHealth;
import io.nameplate.teams.Callers;
import io.nameplate.teams.Replies;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The public API: a server of its own on what it is given.
public final class ApiServer implements AutoCloseable {
  private static final int MOST_BODY_BYTES = 64 * 1024;

  private final ApplicationContext context;
  private final EmbeddedServer server;

  private ApiServer(ApplicationContext context) {
    this.context = context;
    server = context.getBean(EmbeddedServer.class);
  }

  /// Where to listen, and how long requests that run may go on when it ends.
  ///
  /// @param port 0: any free one
  public record Settings(String host, int port, Duration grace) {}

  /// What the API works on.
  ///
  /// @param secret signs cursors and derives join tokens; the same in every API process
  public record Parts(
      Callers callers,
      Replies replies,
      DomainDesk domains,
      ClusterDesk clusters,
      RecordHealth record,
      JoinTokens joinTokens,
      AddressPolicy origins,
      ConfiguredZones zones,
      String secret,
      Clock clock) {}

  /// Starts listening.
  public static ApiServer start(Settings settings, Parts parts) {
    var context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .bootstrapEnvironment(false)
            .properties(properties(settings))
            .singletons(
                parts.callers,
                parts.replies,
                parts.domains,
                parts.clusters,
                parts.record,
                parts.joinTokens,
                parts.origins,
                parts.zones,
                parts.clock,
                new Cursors(parts.secret))
            .start();
    var server = new ApiServer(context);
    server.server.start();
    return server;
  }

  /// Where it listens.
  public URI uri() {
    return server.getURI();
  }

  /// What it answers, as `GET /v1/domains/{domain_id}`.
  public Set<String> routes() {
    return context
        .getBean(Router.class)
        .uriRoutes()
        .filter(route -> !route.getHttpMethodName().equals("HEAD"))
        .map(route -> route.getHttpMethodName() + " " + route.getUriMatchTemplate().toPathString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Takes no new requests, lets those that run end within the grace, and stops.
  @Override
  public void close() {
    context.close();
  }

  private static Map<String, Object> properties(Settings settings) {
    var properties = new HashMap<String, Object>();
    properties.put("micronaut.application.name", "nameplate-api");
    properties.put("micronaut.server.host", settings.host);
    properties.put("micronaut.server.port", settings.port == 0 ? -1 : settings.port);
    properties.put("micronaut.server.max-request-size", MOST_BODY_BYTES);
    properties.put("micronaut.server.netty.max-header-size", 16 * 1024);
    properties.put("micronaut.server.idle-timeout", "75s"); // longer than clients keep connections
    properties.put("micronaut.server.date-header", true);
    properties.put("micronaut.lifecycle.graceful-shutdown.enabled", true);
    properties.put("micronaut.lifecycle.graceful-shutdown.grace-period", settings.grace);
    properties.put("micronaut.metrics.enabled", true);
    properties.put("micronaut.metrics.export.prometheus.enabled", true);
    properties.put("micronaut.metrics.export.prometheus.descriptions", true);
    return properties;
  }
}
