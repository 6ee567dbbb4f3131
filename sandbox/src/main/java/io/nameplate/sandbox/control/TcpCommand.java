package io.nameplate.sandbox.control;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "tcp",
    description = "Puts bad networks between two parts.",
    synopsisSubcommandLabel = "COMMAND")
final class TcpCommand {
  @ParentCommand private SandboxCommand sandbox;

  @Command(description = "Listens, and passes on to that address:port.")
  int add(
      @Parameters(paramLabel = "TO") String target,
      @Option(names = "--listen", description = "Default: any free port of 127.0.0.1.")
          @Nullable String listen) {
    var network = new HashMap<String, @Nullable Object>();
    network.put("to", target);
    network.put("listen", listen);
    return sandbox.run(
        control -> control.send("POST", "/tcp", network), SandboxCommand.Shown::json);
  }

  @Command(description = "Spoils or heals it: pass, cut, half-open, black-hole.")
  int set(
      @Parameters(paramLabel = "LISTEN") String listen,
      @Parameters(paramLabel = "MODE", arity = "0..1") @Nullable String mode,
      @Option(names = "--delay-ms", description = "Each way.") @Nullable Integer delay) {
    var network = new HashMap<String, @Nullable Object>();
    network.put("mode", mode);
    network.put("delay_ms", delay);
    return sandbox.run(
        control -> control.send("PUT", "/tcp/" + listen, network), SandboxCommand.Shown::json);
  }

  @Command(description = "Shows all.")
  int list() {
    return sandbox.run(control -> control.get("/tcp", Map.of()), SandboxCommand.Shown::json);
  }

  @Command(description = "Takes it away.")
  int remove(@Parameters(paramLabel = "LISTEN") String listen) {
    return sandbox.run(control -> control.delete("/tcp/" + listen));
  }
}
