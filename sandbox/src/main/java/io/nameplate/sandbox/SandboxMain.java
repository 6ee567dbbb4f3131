package io.nameplate.sandbox;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The sandbox as a process: runs until it is told to end by a signal.
@Command(
    name = "sandbox",
    description = "A pretend internet: DNS, origins, a foreign proxy and an ACME CA with faults.",
    mixinStandardHelpOptions = true,
    versionProvider = SandboxMain.Version.class,
    sortOptions = false)
public final class SandboxMain implements Callable<Integer> {
  @Mixin private SandboxOptions options = new SandboxOptions();

  private SandboxMain() {}

  public static void main(String[] arguments) {
    // Else the JDK's server holds small answers back for up to 40 ms (Nagle, RFC 896).
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.exit(
        new CommandLine(new SandboxMain())
            .setExecutionExceptionHandler((failure, line, _) -> {
              line.getErr().println("sandbox: " + failure.getMessage());
              return 1;
            })
            .execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    var ended = new CountDownLatch(1);
    var sandbox = Sandbox.start(options);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  sandbox.close();
                  ended.countDown();
                }));
    ended.await();
    return 0;
  }

  /// The version in the jar's manifest.
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = SandboxMain.class.getPackage().getImplementationVersion();
      return new String[] {"nameplate-sandbox " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
