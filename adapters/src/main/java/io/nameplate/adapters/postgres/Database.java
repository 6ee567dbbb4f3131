package io.nameplate.adapters.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nameplate.clusters.ClusterId;
import io.nameplate.record.RecordHealth;
import io.nameplate.record.RecordUnavailableException;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Transactions of one role. Work runs on the calling thread; inside work, further work of the same
/// scope joins its transaction. Row-level security shows a transaction only the team or the cluster
/// it names.
public final class Database implements AutoCloseable, RecordHealth {
  private static final int TRIES = 3;

  private final HikariDataSource pool;
  private final ScopedValue<Running> running = ScopedValue.newInstance();

  public Database(DatabaseSettings settings) {
    var config = new HikariConfig();
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.poolSize());
    config.setMinimumIdle(Math.min(2, settings.poolSize()));
    config.setConnectionTimeout(settings.patience().toMillis());
    // Long enough to find the database after a restart without failing the start of a process.
    config.setInitializationFailTimeout(-1);
    config.setAutoCommit(false);
    config.setPoolName(settings.user());
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.addDataSourceProperty("ApplicationName", settings.user());
    config.addDataSourceProperty("tcpKeepAlive", "true");
    pool = new HikariDataSource(config);
  }

  /// Something done with a connection.
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    T with(Connection connection) throws SQLException;
  }

  /// A transaction that sees one team's rows.
  ///
  /// @throws DatabaseException if PostgreSQL refuses; then nothing was done
  /// @throws RecordUnavailableException if it cannot be asked; then it is not known whether
  ///   anything was done
  public <T extends @Nullable Object> T inTeam(TeamId team, Work<T> work) {
    return transact(new Scope("nameplate.team", Optional.of(team.uuid())), work);
  }

  /// A transaction that sees one cluster's rows.
  ///
  /// @throws DatabaseException if PostgreSQL refuses; then nothing was done
  /// @throws RecordUnavailableException if it cannot be asked; then it is not known whether
  ///   anything was done
  public <T extends @Nullable Object> T inCluster(ClusterId cluster, Work<T> work) {
    return transact(new Scope("nameplate.cluster", Optional.of(cluster.uuid())), work);
  }

  /// A transaction that sees no team's rows: for narrow functions and for tables without teams.
  ///
  /// @throws DatabaseException if PostgreSQL refuses; then nothing was done
  /// @throws RecordUnavailableException if it cannot be asked; then it is not known whether
  ///   anything was done
  public <T extends @Nullable Object> T inNoTeam(Work<T> work) {
    return transact(new Scope("", Optional.empty()), work);
  }

  /// One message to PostgreSQL, which is a transaction of its own: one round trip, where
  /// [#inNoTeam] takes two and [#inCluster] three. For reads that somebody waits for. It sees no
  /// team's and no cluster's rows but those that the message itself names.
  ///
  /// @throws DatabaseException if PostgreSQL refuses
  /// @throws RecordUnavailableException if it cannot be asked
  <T extends @Nullable Object> T atOnce(Work<T> message) {
    if (running.isBound()) {
      throw new IllegalStateException("transaction: a message of its own inside another");
    }
    try (var connection = pool.getConnection()) {
      connection.setAutoCommit(true); // the pool takes it back
      return message.with(connection);
    } catch (SQLException e) {
      throw DatabaseException.of(e);
    }
  }

  @Override
  public boolean answers() {
    try {
      return inNoTeam(connection -> connection.isValid(2)); // seconds
    } catch (RecordUnavailableException | DatabaseException _) {
      return false;
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  private <T extends @Nullable Object> T transact(Scope scope, Work<T> work) {
    if (running.isBound()) {
      return join(running.get(), scope, work);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return begin(scope, work);
      } catch (DatabaseException e) {
        if (!e.passing() || attempt == TRIES) {
          throw e;
        }
      }
    }
  }

  private static <T extends @Nullable Object> T join(Running outer, Scope scope, Work<T> work) {
    if (!outer.scope.equals(scope)) {
      throw new IllegalStateException(
          "transaction: %s inside %s (expected: the same scope)".formatted(scope, outer.scope));
    }
    try {
      return work.with(outer.connection);
    } catch (SQLException e) {
      throw DatabaseException.of(e);
    }
  }

  private <T extends @Nullable Object> T begin(Scope scope, Work<T> work) {
    try (var connection = pool.getConnection()) {
      try {
        scope.enter(connection);
        var result =
            ScopedValue.where(running, new Running(connection, scope))
                .call(() -> work.with(connection));
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException | Error e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw DatabaseException.of(e);
    }
  }

  private static void rollBack(Connection connection, Throwable because) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      because.addSuppressed(e);
    }
  }

  private record Running(Connection connection, Scope scope) {}

  private record Scope(String setting, Optional<UUID> value) {
    void enter(Connection connection) throws SQLException {
      if (value.isEmpty()) {
        return;
      }
      try (var set = connection.prepareStatement("select set_config(?, ?, true)")) {
        set.setString(1, setting);
        set.setString(2, value.get().toString());
        set.execute();
      }
    }
  }
}
