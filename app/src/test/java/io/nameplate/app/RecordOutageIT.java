package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nameplate.domains.DomainId;
import io.nameplate.record.RecordUnavailableException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What callers are told while the database does not answer, or not in time.
class RecordOutageIT {
  private static Installation installation;
  private static Installation.Team team;
  private static Client client;

  @BeforeAll
  static void begin() {
    installation = Installation.begin();
    installation.cluster("shared", Optional.empty(), "192.0.2.1");
    team = installation.team("acme");
    client = new Client(installation.server.uri(), team.key());
  }

  @AfterAll
  static void end() {
    installation.close();
  }

  @Test
  void mapsALostConnectionAlikeInATransactionAndInOneThatJoinsIt() {
    assertThatThrownBy(() ->
            installation.api.inTeam(
                team.id(),
                connection -> {
                  lose(connection);
                  return backend(connection);
                }))
        .isInstanceOf(RecordUnavailableException.class);
    assertThatThrownBy(() ->
            installation.api.inTeam(
                team.id(),
                connection -> {
                  lose(connection);
                  return installation.api.inTeam(team.id(), RecordOutageIT::backend);
                }))
        .isInstanceOf(RecordUnavailableException.class);
  }

  @Test
  void answersUnavailableWhenTheWorkWaitsForALockInVain() {
    var id = client.add("locked.customer.de");
    try (var locked =
        locked(
            "update domain set updated_at = now() where id = '%s'"
                .formatted(DomainId.parse(id).uuid()))) {
      var answer = client.post("/v1/domains/" + id + "/suspend", null, "key-lock");
      assertThat(answer.problem()).isEqualTo("unavailable");
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      var plain = client.post("/v1/domains/" + id + "/suspend", null);
      assertThat(plain.problem()).isEqualTo("unavailable");
      assertThat(locked).isNotNull();
    }
    assertThat(client.post("/v1/domains/" + id + "/suspend", null, "key-lock").status())
        .isEqualTo(200);
  }

  @Test
  void saysInProgressOnlyWhileTheFirstRequestHasTheKey() {
    var id = client.add("key.customer.de");
    try (var locked =
        locked(
            "insert into idempotency (team_id, key, request_hash) values ('%s', 'key-busy', '')"
                .formatted(team.id().uuid()))) {
      var answer = client.post("/v1/domains/" + id + "/check", null, "key-busy");
      assertThat(answer.problem()).isEqualTo("idempotency-in-progress");
      assertThat(answer.header("Retry-After")).isEqualTo("1");
      assertThat(locked).isNotNull();
    }
  }

  /// A transaction of somebody else that has done `sql` and does not end before it is closed.
  private static Locked locked(String sql) {
    try {
      var connection = DriverManager.getConnection(installation.url, "postgres", "");
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        statement.execute(sql);
      }
      return new Locked(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Locked(Connection connection) implements AutoCloseable {
    @Override
    public void close() {
      try {
        connection.rollback();
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static int backend(Connection connection) throws SQLException {
    try (var select = connection.prepareStatement("select pg_backend_pid()");
        var row = select.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void lose(Connection connection) throws SQLException {
    var pid = backend(connection);
    var gone =
        installation.admin.<Boolean>inNoTeam(admin -> {
          try (var call = admin.prepareStatement("select pg_terminate_backend(?, 30000)")) {
            call.setInt(1, pid);
            try (var row = call.executeQuery()) {
              return row.next() && row.getBoolean(1);
            }
          }
        });
    assertThat(gone).as("backend %d has ended", pid).isTrue();
  }
}
