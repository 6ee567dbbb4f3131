package io.nameplate.sandbox.control;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "acme",
    description = "Spoils the CA and shows what it was asked.",
    synopsisSubcommandLabel = "COMMAND")
final class AcmeCommand {
  @ParentCommand private SandboxCommand sandbox;

  @Command(
      description = {
        "Lets requests meet a fault.",
        "rate-limited, unavailable, caa, dns, unauthorized, server-internal, slow, reply-lost,"
            + " request-lost, wrong-certificate; none removes all."
      })
  int fault(
      @Parameters(paramLabel = "FAULT") String fault,
      @Option(names = "--operation", description = "Only this one, as RFC 8555 spells it.")
          @Nullable String operation,
      @Option(names = "--hostname", description = "Only requests that concern this name.")
          @Nullable String hostname,
      @Option(names = "--count", description = "So often; without: until it is removed.")
          @Nullable Integer count,
      @Option(names = "--retry-after", paramLabel = "SECONDS") @Nullable Integer retryAfter,
      @Option(names = "--delay-ms", description = "How slow.") @Nullable Integer delay,
      @Option(names = "--certificate", description = "What is wrong with it: key, name or dates.")
          @Nullable String certificate) {
    if (fault.equals("none")) {
      return sandbox.run(control -> control.delete("/acme/faults"));
    }
    var plan = new HashMap<String, @Nullable Object>();
    plan.put("fault", fault);
    plan.put("operation", operation);
    plan.put("hostname", hostname);
    plan.put("count", count);
    plan.put("retry_after_seconds", retryAfter);
    plan.put("delay_ms", delay);
    plan.put("certificate", certificate);
    return sandbox.run(
        control -> control.send("POST", "/acme/faults", plan), SandboxCommand.Shown::json);
  }

  @Command(description = "Shows the faults and how often each was met.")
  int faults() {
    return sandbox.run(
        control -> control.get("/acme/faults", Map.of()), SandboxCommand.Shown::json);
  }

  @Command(description = "Shows what the CA was asked, oldest first.")
  int requests(
      @Option(names = "--operation") @Nullable String operation,
      @Option(names = "--hostname") @Nullable String hostname) {
    var parameters = new HashMap<String, @Nullable String>();
    parameters.put("operation", operation);
    parameters.put("hostname", hostname);
    return sandbox.run(
        control -> control.get("/acme/requests", parameters), SandboxCommand.Shown::json);
  }

  @Command(description = "Shows the orders the CA made, and how often each was finalized.")
  int orders(@Option(names = "--hostname") @Nullable String hostname) {
    var parameters = new HashMap<String, @Nullable String>();
    parameters.put("hostname", hostname);
    return sandbox.run(
        control -> control.get("/acme/orders", parameters), SandboxCommand.Shown::json);
  }

  @Command(
      name = "renewal-info",
      description = "Makes the CA suggest to renew a name's last certificate in that window.")
  int renewalInfo(
      @Parameters(paramLabel = "HOSTNAME") String hostname,
      @Parameters(paramLabel = "START", description = "As 2027-01-31T12:00:00Z.") String start,
      @Parameters(paramLabel = "END") String end) {
    var window = Map.of("hostname", hostname, "start", start, "end", end);
    return sandbox.run(
        control -> control.send("POST", "/acme/renewal-info", window), SandboxCommand.Shown::json);
  }
}
