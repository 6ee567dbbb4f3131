package io.nameplate.adapters.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;

/// Set-up of the record: the database, its roles, and the migrations. Every step may run again.
///
/// @param url of JDBC; the database in it is made when the server has none of that name
/// @param user may make roles and databases; no part of Nameplate connects as it afterwards
public record Schema(String url, String user, String password) {
  /// The role that owns tables and narrow functions; nobody logs in as it.
  private static final String OWNER = "nameplate_owner";

  /// A migration waits for a lock this long, then fails and may be run again: running processes
  /// matter more.
  private static final String LOCK_TIMEOUT = "10s";

  /// A role that a part of Nameplate connects as.
  public enum Login {
    API,
    WORKER,
    EDGE,
    OPERATOR;

    /// The role's name in the database.
    public String role() {
      return "nameplate_" + name().toLowerCase(java.util.Locale.ROOT);
    }

    /// The file of its password within the [Secrets].
    public String passwordFile() {
      return role() + ".password";
    }
  }

  /// Brings the database to this release. Roles get the passwords in `secrets`, made where missing.
  ///
  /// @throws DatabaseException if PostgreSQL refuses
  public void setUp(Secrets secrets) throws IOException {
    try {
      makeDatabase();
      try (var admin = connect(url)) {
        makeRoles(admin, secrets);
      }
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
    Flyway.configure()
        .dataSource(url, user, password)
        .initSql("set role " + OWNER + "; set lock_timeout = '" + LOCK_TIMEOUT + "'")
        .locations("classpath:db/migration")
        .connectRetries(10)
        .load()
        .migrate();
  }

  /// After a dump was restored into this server: lets readers see the history it brought, and nodes
  /// know that revisions went back. Nothing is ordered until they were compared with what came
  /// back.
  ///
  /// @throws DatabaseException if PostgreSQL refuses
  public void restored() {
    try (var admin = connect(url)) {
      execute(admin, "set role " + OWNER);
      execute(admin, "select after_restore()");
    } catch (SQLException e) {
      throw new DatabaseException(e);
    }
  }

  private Connection connect(String to) throws SQLException {
    return DriverManager.getConnection(to, user, password);
  }

  private void makeDatabase() throws SQLException {
    var slash = url.lastIndexOf('/');
    var name = url.substring(slash + 1).replaceAll("\\?.*", "");
    if (!name.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException(
          "database url: \"%s\" (expected: a database's name in lower case at its end)"
              .formatted(url));
    }
    try (var admin = connect(url.substring(0, slash) + "/postgres");
        var known = admin.prepareStatement("select 1 from pg_database where datname = ?")) {
      known.setString(1, name);
      try (var rows = known.executeQuery()) {
        if (!rows.next()) {
          execute(admin, "create database " + name);
        }
      }
    }
  }

  private static void makeRoles(Connection admin, Secrets secrets)
      throws SQLException, IOException {
    make(admin, OWNER, "nologin");
    execute(admin, "grant " + OWNER + " to current_user");
    execute(admin, "grant all on schema public to " + OWNER);
    for (var login : Login.values()) {
      make(admin, login.role(), "login nosuperuser nobypassrls nocreatedb nocreaterole");
      execute(
          admin,
          "alter role %s with password '%s'"
              .formatted(login.role(), secrets.madeOnce(login.passwordFile())));
    }
    // A request that waits longer for a lock, or works longer, is of no use to anybody any more.
    for (var login : List.of(Login.API, Login.EDGE)) {
      execute(admin, "alter role %s set lock_timeout = '4s'".formatted(login.role()));
      execute(admin, "alter role %s set statement_timeout = '15s'".formatted(login.role()));
      execute(
          admin,
          "alter role %s set idle_in_transaction_session_timeout = '30s'".formatted(login.role()));
    }
  }

  private static void make(Connection admin, String role, String attributes) throws SQLException {
    execute(
        admin,
        """
        do $$ begin
          if not exists (select from pg_roles where rolname = '%1$s') then create role %1$s %2$s; end if;
        end $$\
        """
            .formatted(role, attributes));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
