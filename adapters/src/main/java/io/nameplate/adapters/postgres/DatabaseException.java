package io.nameplate.adapters.postgres;

import java.sql.SQLException;

/// PostgreSQL refused or could not be asked.
public final class DatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String sqlState;

  public DatabaseException(SQLException cause) {
    super(cause.getMessage(), cause);
    sqlState = cause.getSQLState() == null ? "" : cause.getSQLState();
  }

  /// The five characters of SQL; empty when there are none, as for a connection that could not be
  /// had.
  public String sqlState() {
    return sqlState;
  }

  /// Whether the same transaction may succeed now: it lost a race or waited in a circle.
  public boolean passing() {
    return sqlState.equals("40001") || sqlState.equals("40P01");
  }

  /// Whether the database could not be asked at all.
  public boolean unreachable() {
    return sqlState.isEmpty() || sqlState.startsWith("08") || sqlState.startsWith("57P");
  }
}
