package io.nameplate.app;

import io.nameplate.adapters.postgres.Schema;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Sets the database up, or brings it to this release.
@Command(
    name = "migrate",
    mixinStandardHelpOptions = true,
    description = "Sets the database up, or brings it to this release. May run again.")
final class MigrateCommand implements Callable<Integer> {
  @Option(
      names = "--restored",
      description =
          "The database comes from a dump: show its history again, tell nodes that revisions may have"
              + " gone back, and order nothing until they were compared. Once, before anything else"
              + " is started.")
  private boolean restored;

  @Override
  public Integer call() throws IOException {
    var environment = Environment.ofProcess();
    var schema =
        new Schema(
            environment.required("NAMEPLATE_ADMIN_DATABASE_URL"),
            environment.text("NAMEPLATE_ADMIN_DATABASE_USER", "postgres"),
            environment.text("NAMEPLATE_ADMIN_DATABASE_PASSWORD", ""));
    schema.setUp(new Databases(environment).secrets());
    if (restored) {
      schema.restored();
    }
    return 0;
  }
}
