package io.nameplate.app;

import io.nameplate.adapters.edge.ListenerIdentity;
import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.Schema;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Runs the API, the edge listener, or both, until the process is told to end.
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Runs the public API, the edge listener, or both, until SIGTERM.")
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Parameters(arity = "1..2", paramLabel = "ROLE", description = "api, edge-api")
  private List<Role> roles = List.of();

  /// What a process can be.
  @SuppressWarnings("JavaLangClash")
  enum Role {
    API,
    EDGE_API;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var environment = Environment.ofProcess();
    var databases = new Databases(environment);
    var identity = ListenerIdentity.in(databases.secrets().directory());
    var running = new ArrayDeque<AutoCloseable>();
    var ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(running, ended)));
    for (var role : EnumSet.copyOf(roles)) {
      switch (role) {
        case API -> {
          var database = opened(databases, Schema.Login.API, 10, running);
          running.push(ApiRole.start(environment, databases, database, identity));
        }
        case EDGE_API -> {
          var database = opened(databases, Schema.Login.EDGE, 6, running);
          running.push(EdgeRole.start(environment, database, identity));
        }
      }
    }
    LOG.atInfo().addKeyValue("roles", roles).addKeyValue("version", Release.version()).log("Ready");
    ended.await();
    return 0;
  }

  private static Database opened(
      Databases databases, Schema.Login login, int poolSize, Deque<AutoCloseable> running) {
    var database = databases.open(login, poolSize);
    running.push(database);
    return database;
  }

  /// Ends what runs, the last started first.
  private static void stop(Deque<AutoCloseable> running, CountDownLatch ended) {
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (Exception e) { // the edge of the process: the others have to end too
        LOG.atWarn().setCause(e).log("A part did not end well");
      }
    }
    ended.countDown();
  }
}
