package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import picocli.CommandLine.Option;

/// Which copy a bench measures. By default a fresh one beside everything else, gone afterwards.
final class Copy {
  @Option(
      names = "--port-offset",
      defaultValue = "900",
      description = "Ports of the copy it starts for itself (default: ${DEFAULT-VALUE}).")
  private int portOffset;

  @Option(
      names = "--running",
      description = "Measure the copy that runs on these ports, and leave it running.")
  private boolean running;

  Installation open() {
    Progress.say("starting a copy of the system at port offset %d".formatted(portOffset));
    return running ? Installation.running(portOffset) : Installation.fresh(portOffset);
  }
}
