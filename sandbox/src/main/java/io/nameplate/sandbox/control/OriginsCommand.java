package io.nameplate.sandbox.control;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "origins",
    description = "Shows and spoils the origins: plain, tls, echo, websocket, slow, failing.",
    synopsisSubcommandLabel = "COMMAND")
final class OriginsCommand {
  @ParentCommand private SandboxCommand sandbox;

  @Command(description = "Shows where each is, how it behaves and how many requests it got.")
  int list() {
    return sandbox.run(control -> control.get("/origins", Map.of()), SandboxCommand.Shown::json);
  }

  @Command(description = "Makes an origin behave so; what is not given is as it is by nature.")
  int set(
      @Parameters(paramLabel = "ORIGIN") String origin,
      @Option(names = "--down", description = "Close every connection.") boolean isDown,
      @Option(names = "--status", description = "Answer with that status.")
          @Nullable Integer status,
      @Option(names = "--delay-ms", description = "Answer that late.") @Nullable Long delay) {
    var change = new HashMap<String, @Nullable Object>();
    change.put("up", !isDown);
    change.put("status", status);
    change.put("delay_ms", delay);
    return sandbox.run(
        control -> control.send("PUT", "/origins/" + origin, change), SandboxCommand.Shown::json);
  }
}
