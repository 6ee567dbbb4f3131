package io.nameplate.adapters.postgres;

import java.time.Duration;

/// How one role of the database is reached.
///
/// @param url of JDBC, without user and password
/// @param poolSize connections at most; more than about ten on two cores only queue inside the
///   database
/// @param patience how long a caller waits for a connection before it fails
public record DatabaseSettings(
    String url, String user, String password, int poolSize, Duration patience) {

  public DatabaseSettings {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "database url: \"%s\" (expected: jdbc:postgresql:…)".formatted(url));
    }
    if (poolSize < 1) {
      throw new IllegalArgumentException(
          "database pool size: %d (expected: at least 1)".formatted(poolSize));
    }
  }

  @Override
  public String toString() {
    return "DatabaseSettings[%s as %s]".formatted(url, user);
  }
}
