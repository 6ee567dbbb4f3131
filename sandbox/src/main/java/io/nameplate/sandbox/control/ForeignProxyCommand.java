package io.nameplate.sandbox.control;

import java.util.HashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "foreign-proxy",
    description = "Says what the proxy of somebody else does that stands before an edge.")
final class ForeignProxyCommand implements Callable<Integer> {
  @ParentCommand private SandboxCommand sandbox;

  @Option(names = "--mode", description = "pass, redirect-to-https or not-ours.")
  private @Nullable String mode;

  @Option(names = "--edge", paramLabel = "ADDRESS", description = "To which edge it passes on.")
  private @Nullable String edge;

  @Override
  public Integer call() {
    var change = new HashMap<String, @Nullable Object>();
    change.put("mode", mode);
    change.put("edge", edge);
    return sandbox.run(
        control -> control.send("PUT", "/foreign-proxy", change), SandboxCommand.Shown::json);
  }
}
