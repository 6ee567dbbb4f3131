package io.nameplate.ui;

import io.nameplate.ui.server.DashboardServer;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts the dashboard and serves until it is told to stop.
public final class Main {

  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  private Main() {}

  /// Runs the program. Exit codes: 0 stopped on request, 1 could not start, 2 wrong settings.
  public static void main(String[] arguments) throws InterruptedException {
    if (List.of(arguments).contains("--version")) {
      System.out.println("nameplate-dashboard " + version());
      return;
    }
    Settings settings;
    try {
      settings = Settings.from(System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    var server = new DashboardServer(settings);
    try {
      server.start();
    } catch (Exception e) {
      LOG.error("The dashboard cannot start", e);
      System.exit(1);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "stop"));
    LOG.atInfo().addKeyValue("address", settings.address()).log("The dashboard is ready");
    server.join();
  }

  static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion()).orElse("0");
  }
}
