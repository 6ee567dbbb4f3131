package io.nameplate.adapters.postgres.certificates;

import static io.nameplate.adapters.postgres.certificates.IssuanceRows.execute;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.certificates.CaAccounts;
import io.nameplate.clusters.Sealed;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// Accounts at CAs in PostgreSQL.
public final class PostgresCaAccounts implements CaAccounts {
  private final Database database;

  public PostgresCaAccounts(Database database) {
    this.database = database;
  }

  @Override
  public Optional<CaAccount> find(URI directory) {
    return database.inNoTeam(connection -> find(connection, directory));
  }

  @Override
  public CaAccount create(URI directory, Sealed key) {
    return database.inNoTeam(connection -> {
      execute(
          connection,
          "insert into acme_account (directory_url, wrapped_key) values (?, ?) on conflict do nothing",
          directory.toString(),
          key.bytes());
      return find(connection, directory).orElseThrow();
    });
  }

  @Override
  public void registered(URI directory, URI account) {
    database.inNoTeam(connection ->
        execute(
            connection,
            "update acme_account set account_url = ?, updated_at = now() where directory_url = ?",
            account.toString(),
            directory.toString()));
  }

  private static Optional<CaAccount> find(Connection connection, URI directory)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            "select account_url, wrapped_key from acme_account where directory_url = ?")) {
      select.setString(1, directory.toString());
      try (var row = select.executeQuery()) {
        return row.next()
            ? Optional.of(
                new CaAccount(
                    Optional.ofNullable(row.getString("account_url")).map(URI::create),
                    new Sealed(row.getBytes("wrapped_key"))))
            : Optional.empty();
      }
    }
  }
}
