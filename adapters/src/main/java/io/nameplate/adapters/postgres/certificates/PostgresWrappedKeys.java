package io.nameplate.adapters.postgres.certificates;

import static io.nameplate.adapters.postgres.certificates.IssuanceRows.execute;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.Sealed;
import io.nameplate.clusters.WrappedKeys;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// Keys under the master key in PostgreSQL.
public final class PostgresWrappedKeys implements WrappedKeys {
  private final Database database;

  public PostgresWrappedKeys(Database database) {
    this.database = database;
  }

  @Override
  public Optional<Sealed> cluster(ClusterId cluster) {
    return database.inNoTeam(connection -> cluster(connection, cluster));
  }

  @Override
  public Sealed createCluster(ClusterId cluster, Sealed key) {
    return database.inNoTeam(connection -> {
      execute(
          connection,
          "update cluster set wrapped_key = ? where id = ? and wrapped_key is null",
          key.bytes(),
          cluster.uuid());
      return cluster(connection, cluster).orElseThrow();
    });
  }

  @Override
  public Optional<Sealed> checkValue() {
    return database.inNoTeam(PostgresWrappedKeys::checkValue);
  }

  @Override
  public Sealed createCheckValue(Sealed fresh) {
    return database.inNoTeam(connection -> {
      execute(
          connection,
          "insert into master_key_check (wrapped) values (?) on conflict do nothing",
          fresh.bytes());
      return checkValue(connection).orElseThrow();
    });
  }

  @Override
  public Optional<StoredAuthority> nodeAuthority() {
    return database.inNoTeam(PostgresWrappedKeys::nodeAuthority);
  }

  @Override
  public StoredAuthority createNodeAuthority(StoredAuthority fresh) {
    return database.inNoTeam(connection -> {
      execute(
          connection,
          "insert into node_authority (certificate, wrapped_key) values (?, ?) on conflict do nothing",
          fresh.certificate(),
          fresh.key().bytes());
      return nodeAuthority(connection).orElseThrow();
    });
  }

  private static Optional<Sealed> cluster(Connection connection, ClusterId cluster)
      throws SQLException {
    try (var select = connection.prepareStatement("select wrapped_key from cluster where id = ?")) {
      select.setObject(1, cluster.uuid());
      try (var row = select.executeQuery()) {
        if (!row.next()) {
          throw new IllegalArgumentException(
              "cluster: %s (expected: one that exists)".formatted(cluster));
        }
        return Optional.ofNullable(row.getBytes("wrapped_key")).map(Sealed::new);
      }
    }
  }

  private static Optional<Sealed> checkValue(Connection connection) throws SQLException {
    try (var select = connection.prepareStatement("select wrapped from master_key_check");
        var row = select.executeQuery()) {
      return row.next() ? Optional.of(new Sealed(row.getBytes("wrapped"))) : Optional.empty();
    }
  }

  private static Optional<StoredAuthority> nodeAuthority(Connection connection)
      throws SQLException {
    try (var select =
            connection.prepareStatement("select certificate, wrapped_key from node_authority");
        var row = select.executeQuery()) {
      return row.next()
          ? Optional.of(
              new StoredAuthority(
                  row.getString("certificate"), new Sealed(row.getBytes("wrapped_key"))))
          : Optional.empty();
    }
  }
}
