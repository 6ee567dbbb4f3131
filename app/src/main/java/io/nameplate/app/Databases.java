package io.nameplate.app;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.DatabaseSettings;
import io.nameplate.adapters.postgres.Schema;
import io.nameplate.adapters.postgres.Secrets;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;

/// How this process reaches the record, by role.
public record Databases(Environment environment) {

  /// Where `migrate` put the roles' passwords and the other secrets made once.
  public Secrets secrets() {
    return new Secrets(environment.path("NAMEPLATE_DATA_DIR").resolve("secrets"));
  }

  /// Connections of one role.
  public Database open(Schema.Login login, int poolSize) {
    return new Database(
        new DatabaseSettings(
            environment.required("NAMEPLATE_DATABASE_URL"),
            login.role(),
            password(login),
            environment.number("NAMEPLATE_DATABASE_POOL_SIZE", poolSize, 1),
            environment.duration("NAMEPLATE_DATABASE_PATIENCE", Duration.ofSeconds(5))));
  }

  private String password(Schema.Login login) {
    try {
      return secrets().read(login.passwordFile());
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          "NAMEPLATE_DATA_DIR", "has no secrets/" + login.passwordFile() + "; run migrate first");
    } catch (IOException e) {
      throw new ConfigurationException("NAMEPLATE_DATA_DIR", "cannot be read: " + e.getMessage());
    }
  }
}
