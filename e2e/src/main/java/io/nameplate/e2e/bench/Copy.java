package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Launcher;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which copy a bench measures. By default a fresh one beside everything else, gone afterwards.
final class Copy {
  private static final int BESIDE_EVERYTHING = 900;

  @Option(
      names = "--port-offset",
      description =
          "Ports of the copy (default: 900 for one it starts for itself, 0 with --running).")
  private @Nullable Integer portOffset;

  @Option(
      names = "--running",
      description = "Measure the copy that runs on these ports, and leave it running.")
  private boolean running;

  /// The ports that were asked for, else those of the copy that is meant.
  int offset() {
    if (portOffset != null) {
      return portOffset;
    }
    return running ? 0 : BESIDE_EVERYTHING;
  }

  Open open() {
    if (running) {
      Progress.say("measuring the copy that runs at port offset %d".formatted(offset()));
      return new Open(Installation.running(offset()), () -> {});
    }
    Progress.say("starting a copy of the system at port offset %d".formatted(offset()));
    var cleanUp = new CleanUp(new Launcher(Launcher.checkout(), offset(), Map.of()));
    try {
      return new Open(Installation.fresh(offset()), cleanUp::now);
    } catch (RuntimeException e) {
      cleanUp.now();
      throw e;
    }
  }

  /// A copy that can be measured, taken down when closed if it was started for that.
  record Open(Installation installation, Runnable end) implements AutoCloseable {
    String status() {
      return status(installation);
    }

    /// What a copy's parts are, with their process numbers.
    static String status(Installation installation) {
      return installation.launcher().tryRun("status").stdout();
    }

    @Override
    public void close() {
      end.run();
    }
  }

  /// Takes a copy down and forgets its data, once; also when the bench itself is interrupted.
  private static final class CleanUp {
    private final AtomicBoolean done = new AtomicBoolean();
    private final Launcher launcher;
    private final Thread interrupted = new Thread(this::takeDown, "take the copy down");

    CleanUp(Launcher launcher) {
      this.launcher = launcher;
      Runtime.getRuntime().addShutdownHook(interrupted);
    }

    void now() {
      takeDown();
      try {
        Runtime.getRuntime().removeShutdownHook(interrupted);
      } catch (IllegalStateException e) {
        // The process is ending already, and the hook has nothing left to do.
        Progress.say("interrupted");
      }
    }

    private void takeDown() {
      if (done.getAndSet(true)) {
        return;
      }
      Progress.say("taking the copy down");
      launcher.tryRun("down");
      launcher.tryRun("reset", "--yes");
    }
  }
}
