package io.nameplate.app.certificates;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.DatabaseSettings;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.adapters.postgres.Secrets;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.ids.UuidV7;
import io.nameplate.teams.TeamId;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// A real PostgreSQL with this release's schema, one team and one cluster.
public final class TestRecord implements AutoCloseable {
  public final TeamId team = new TeamId(newId());
  public final ClusterId cluster = new ClusterId(newId());
  private final EmbeddedPostgres postgres;
  private final Database worker;

  public TestRecord(Path folder) throws IOException {
    postgres = EmbeddedPostgres.builder().setPGStartupWait(Duration.ofMinutes(3)).start();
    var url = postgres.getJdbcUrl("postgres", "nameplate");
    var plain = url.substring(0, url.indexOf('?') < 0 ? url.length() : url.indexOf('?'));
    var secrets = new Secrets(folder.resolve("secrets"));
    new Schema(plain, "postgres", "").setUp(secrets);
    worker =
        new Database(
            new DatabaseSettings(
                plain,
                Schema.Login.WORKER.role(),
                secrets.read(Schema.Login.WORKER.passwordFile()),
                8,
                Duration.ofMinutes(1)));
    execute("insert into team (id, name) values ('%s', 'acme')".formatted(team.uuid()));
    execute(
        """
        insert into cluster (id, name, shared, cname_zone, addresses)
          values ('%s', 'shared', true, 'edge.nameplate.sandbox', '{127.0.0.1}')\
        """
            .formatted(cluster.uuid()));
    execute("insert into cluster_position (cluster_id) values ('%s')".formatted(cluster.uuid()));
  }

  /// As the worker sees it.
  public Database worker() {
    return worker;
  }

  /// A domain that holds its name and is to be served.
  public DomainId addDomain(Hostname hostname) {
    var id = new DomainId(newId());
    execute(
        """
        insert into domain (id, team_id, cluster_id, hostname, hostname_reversed, hostname_unicode, origin_url, cname_label, txt_token,
            holder) values ('%s', '%s', '%s', '%s', 'x', '%s', 'http://127.0.0.1', '%s', 'token', true)\
        """
            .formatted(
                id.uuid(),
                team.uuid(),
                cluster.uuid(),
                hostname,
                hostname,
                id.toString().substring(4)));
    return id;
  }

  public void execute(String sql) {
    try (var connection = postgres.getDatabase("postgres", "nameplate").getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /// The first column of every row, as text.
  public List<String> texts(String sql) {
    try (var connection = postgres.getDatabase("postgres", "nameplate").getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      var found = new ArrayList<String>();
      while (row.next()) {
        found.add(String.valueOf(row.getString(1)));
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Override
  public void close() throws IOException {
    worker.close();
    postgres.close();
  }

  private static UUID newId() {
    return UuidV7.at(Instant.now(), new SecureRandom());
  }
}
