package io.nameplate.adapters.postgres;

import io.nameplate.record.RecordUnavailableException;
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

  /// Whether the database could not be asked, or not now: no connection, a lock or a statement that
  /// took longer than its role waits, no room, a stand-by.
  public boolean unreachable() {
    return sqlState.isEmpty()
        || sqlState.startsWith("08") // connection
        || sqlState.startsWith("53") // resources
        || sqlState.startsWith("57P") // shut down, or starting
        || sqlState.equals("57014") // the statement's time is up
        || sqlState.equals("55P03") // the lock's is
        || sqlState.equals("25P03") // an idle transaction was ended
        || sqlState.equals("25006"); // read-only: not the primary
  }

  /// What a caller gets for an exception of JDBC, wherever in a transaction it came from: this, or
  /// that the record cannot be asked now.
  static RuntimeException of(SQLException cause) {
    var failure = new DatabaseException(cause);
    return failure.unreachable()
        ? new RecordUnavailableException("PostgreSQL cannot be asked: " + cause.getMessage(), cause)
        : failure;
  }
}
