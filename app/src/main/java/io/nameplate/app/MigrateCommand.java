package io.nameplate.app;

import io.nameplate.adapters.postgres.Schema;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Sets the database up, or brings it to this release.
@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    description = "Sets the database up, or brings it to this release. May run again.")
final class MigrateCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException {
    var environment = Environment.ofProcess();
    new Schema(
            environment.required("NAMEPLATE_ADMIN_DATABASE_URL"),
            environment.text("NAMEPLATE_ADMIN_DATABASE_USER", "postgres"),
            environment.text("NAMEPLATE_ADMIN_DATABASE_PASSWORD", ""))
        .setUp(new Databases(environment).secrets());
    return 0;
  }
}
