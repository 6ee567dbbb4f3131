package io.nameplate.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/// `sandbox …`: sets DNS as a customer would at a provider, and spoils what is around Nameplate.
/// Answers go to stdout; what went wrong is one line on stderr, with exit code 1.
@Command(
    name = "sandbox",
    description = "Sets DNS, and spoils DNS, origins and the CA, of the internet around this copy.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DnsCommand.class,
      OriginsCommand.class,
      ForeignProxyCommand.class,
      AcmeCommand.class,
      TcpCommand.class
    })
public final class SandboxCommand {
  @ParentCommand private ControlPlace place;

  /// Asks the sandbox and shows the answer.
  ///
  /// @return the exit code
  int run(Function<ControlClient, JsonNode> request, Consumer<Shown> show) {
    try {
      var answer = request.apply(new ControlClient(place.controlUrl()));
      show.accept(new Shown(answer, System.out));
      return 0;
    } catch (ControlClient.RefusedException e) {
      System.err.println("nameplate: " + e.getMessage());
      return 1;
    }
  }

  /// Asks the sandbox and says nothing when it is done.
  int run(Function<ControlClient, JsonNode> request) {
    return run(request, _ -> {});
  }

  /// An answer and where it is shown.
  record Shown(JsonNode answer, PrintStream out) {
    /// A line for each element.
    void lines(String array, Function<JsonNode, String> line) {
      answer.path(array).forEach(each -> out.println(line.apply(each)));
    }

    /// As JSON, indented.
    void json() {
      out.println(answer.toPrettyString());
    }
  }
}
