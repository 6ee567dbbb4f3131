package io.nameplate.app;

import io.nameplate.adapters.edge.ListenerIdentity;
import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.DatabaseSettings;
import io.nameplate.adapters.postgres.OperatorDesk;
import io.nameplate.adapters.postgres.PostgresCallers;
import io.nameplate.adapters.postgres.PostgresClusterDesk;
import io.nameplate.adapters.postgres.PostgresDomainDesk;
import io.nameplate.adapters.postgres.PostgresEdgeFeed;
import io.nameplate.adapters.postgres.PostgresReplies;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.adapters.postgres.Secrets;
import io.nameplate.addresses.AddressPolicy;
import io.nameplate.addresses.Cidr;
import io.nameplate.api.ApiServer;
import io.nameplate.api.clusters.JoinTokens;
import io.nameplate.api.domains.ConfiguredZones;
import io.nameplate.api.edge.EdgeListener;
import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.JoinCommand;
import io.nameplate.domains.Hostname;
import io.nameplate.ids.RandomText;
import io.nameplate.ids.UuidV7;
import io.nameplate.teams.ApiKey;
import io.nameplate.teams.Scope;
import io.nameplate.teams.TeamId;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// An installation of its own for a test: a fresh database on the JVM's PostgreSQL, the four roles,
/// and the API listening.
final class Installation implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicInteger COUNT = new AtomicInteger();

  final Path directory;
  final Secrets secrets;
  final String url;
  final Database api;
  final Database worker;
  final Database edge;
  final Database operator;

  /// Sees and may do everything, to look behind the scenes.
  final Database admin;

  final OperatorDesk desk;
  final ListenerIdentity identity;
  final ApiServer server;

  private Installation() throws IOException {
    var number = COUNT.incrementAndGet();
    directory = Postgres.DIRECTORY;
    secrets = new Secrets(directory.resolve("secrets"));
    url =
        "jdbc:postgresql://127.0.0.1:%d/nameplate_%d".formatted(Postgres.SERVER.getPort(), number);
    new Schema(url, "postgres", "").setUp(secrets);
    api = open(Schema.Login.API, 5);
    worker = open(Schema.Login.WORKER, 3);
    edge = open(Schema.Login.EDGE, 4);
    operator = open(Schema.Login.OPERATOR, 2);
    admin = new Database(new DatabaseSettings(url, "postgres", "", 2, Duration.ofMinutes(1)));
    desk = new OperatorDesk(operator);
    identity = ListenerIdentity.in(secrets.directory());
    server = start();
  }

  static Installation begin() {
    try {
      return new Installation();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Database open(Schema.Login login, int poolSize) throws IOException {
    return new Database(
        new DatabaseSettings(
            url,
            login.role(),
            secrets.read(login.passwordFile()),
            poolSize,
            Duration.ofMinutes(1)));
  }

  private ApiServer start() throws IOException {
    return ApiServer.start(
        new ApiServer.Settings("127.0.0.1", 0, Duration.ofSeconds(1)),
        new ApiServer.Parts(
            new PostgresCallers(api),
            new PostgresReplies(api),
            new PostgresDomainDesk(api),
            new PostgresClusterDesk(api),
            api,
            new JoinTokens(
                secrets.madeOnce("api.secret"),
                identity.pin(),
                Optional.of(new JoinCommand("--control https://control.example.net:14001"))),
            new AddressPolicy(List.of(Cidr.parse("127.0.80.0/24")), List.of()),
            new ConfiguredZones(Set.of(new Hostname("sandbox"))),
            secrets.madeOnce("api.secret"),
            Clock.systemUTC()));
  }

  /// A team with a key that has every scope.
  Team team(String name) {
    var key = newKey();
    return new Team(desk.addTeam(name, key).orElseThrow(), key);
  }

  /// A key of a team with some scopes only.
  ApiKey key(TeamId team, Set<Scope> scopes, Optional<Instant> expiresAt) {
    var key = newKey();
    operator.inNoTeam(connection -> {
      try (var insert =
          connection.prepareStatement(
              """
              insert into api_key (id, team_id, name, prefix, hash, scopes, expires_at)
                values (?, ?, 'test', ?, ?, ?, ?::timestamptz)\
              """)) {
        insert.setObject(1, UuidV7.at(Instant.now(), RANDOM));
        insert.setObject(2, team.uuid());
        insert.setString(3, key.prefix());
        insert.setBytes(4, key.hash());
        insert.setArray(
            5, connection.createArrayOf("text", scopes.stream().map(Scope::word).toArray()));
        insert.setString(6, expiresAt.map(Instant::toString).orElse(null));
        return insert.executeUpdate();
      }
    });
    return key;
  }

  ClusterId cluster(String name, Optional<TeamId> team, String... addresses) {
    var now = Instant.now();
    return desk.addCluster(
        new Cluster(
            new ClusterId(UuidV7.at(now, RANDOM)),
            name,
            team,
            name + ".edge.nameplate.net",
            Arrays.asList(addresses),
            14012,
            14011,
            now));
  }

  private static ApiKey newKey() {
    return new ApiKey("np_live_" + RandomText.SECRET.of(32, RANDOM));
  }

  /// A listener for nodes on the record; whoever starts it closes it.
  EdgeListener edgeListener() throws IOException {
    return EdgeListener.start(
        new EdgeListener.Settings(
            "127.0.0.1", 0, identity.certificate(), identity.key(), Duration.ofSeconds(1)),
        new PostgresEdgeFeed(edge),
        Clock.systemUTC());
  }

  @Override
  public void close() {
    server.close();
    api.close();
    worker.close();
    edge.close();
    operator.close();
    admin.close();
  }

  /// A team and its key.
  record Team(TeamId id, ApiKey key) {}

  /// One server for all tests of the JVM, gone with it.
  private static final class Postgres {
    static final Path DIRECTORY;
    static final EmbeddedPostgres SERVER;

    static {
      try {
        DIRECTORY = Files.createTempDirectory("nameplate-test");
        SERVER =
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                // Its transactions would hide lines of the history from readers for a moment.
                .setServerConfig("autovacuum", "off")
                .setServerConfig("max_connections", "200")
                .setPGStartupWait(Duration.ofMinutes(3))
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
