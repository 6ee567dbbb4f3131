package io.nameplate.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "dns",
    description = "Sets, removes, breaks and lists records.",
    synopsisSubcommandLabel = "COMMAND")
final class DnsCommand {
  @ParentCommand private SandboxCommand sandbox;

  @Command(
      description = {
        "Replaces a record set; makes the zone and its delegation when there is none.",
        "A CNAME replaces the name's other types, and they replace it."
      })
  int set(
      @Parameters(paramLabel = "NAME", description = "Absolute, with or without the last dot.")
          String name,
      @Parameters(paramLabel = "TYPE", description = "A, AAAA, CNAME, TXT, CAA, MX, NS, DS, …")
          String type,
      @Parameters(
              paramLabel = "VALUE",
              arity = "1..*",
              description = "In zone-file form, one argument for each record; TXT without quotes.")
          String[] values,
      @Option(names = "--ttl", paramLabel = "SECONDS", description = "Default: 5.")
          @Nullable Long ttl) {
    var change = new HashMap<String, @Nullable Object>();
    change.put("name", name);
    change.put("type", type);
    change.put("values", List.of(values));
    change.put("ttl", ttl);
    return sandbox.run(control -> control.send("POST", "/dns/set", change));
  }

  @Command(description = "Removes a record set, or all of a name.")
  int unset(
      @Parameters(paramLabel = "NAME") String name,
      @Parameters(paramLabel = "TYPE", arity = "0..1") @Nullable String type) {
    var change = new HashMap<String, @Nullable Object>();
    change.put("name", name);
    change.put("type", type);
    return sandbox.run(control -> control.send("POST", "/dns/unset", change));
  }

  @Command(
      description = {
        "Breaks a name and what is below it; a zone's name breaks the zone.",
        "servfail, timeout, refused, lame, truncate, flap, bogus, disagree, parent-mismatch,"
            + " none to heal."
      })
  int fault(
      @Parameters(paramLabel = "NAME") String name,
      @Parameters(paramLabel = "FAULT") String fault) {
    var change = Map.of("name", name, "fault", fault);
    return sandbox.run(control -> control.send("POST", "/dns/fault", change));
  }

  @Command(description = "Shows records and faults at and below a name, as a zone file has them.")
  int list(@Parameters(paramLabel = "NAME", arity = "0..1") @Nullable String name) {
    return sandbox.run(
        control -> control.get("/dns/records", below(name)),
        shown -> {
          shown.lines("records", DnsCommand::zoneFile);
          shown.lines(
              "faults",
              each ->
                  "; fault %s. %s"
                      .formatted(each.path("name").asText(), each.path("fault").asText()));
        });
  }

  @Command(description = "Shows how often which server was asked for a name and those below it.")
  int queries(@Parameters(paramLabel = "NAME", arity = "0..1") @Nullable String name) {
    return sandbox.run(
        control -> control.get("/dns/queries", below(name)),
        shown ->
            shown.lines(
                "queries",
                each ->
                    List.of("count", "server", "transport", "name", "type").stream()
                        .map(member -> each.path(member).asText())
                        .collect(Collectors.joining(" "))));
  }

  private static Map<String, @Nullable String> below(@Nullable String name) {
    var parameters = new HashMap<String, @Nullable String>();
    parameters.put("name", name);
    return parameters;
  }

  private static String zoneFile(JsonNode set) {
    boolean isText = set.path("type").asText().equals("TXT");
    return StreamSupport.stream(set.path("values").spliterator(), false)
        .map(JsonNode::asText)
        .map(value -> isText ? quoted(value) : value)
        .map(value ->
            "%s. %s IN %s %s"
                .formatted(
                    set.path("name").asText(),
                    set.path("ttl").asText(),
                    set.path("type").asText(),
                    value))
        .collect(Collectors.joining("\n"));
  }

  private static String quoted(String text) {
    return Arrays.stream(text.split("(?<=\\G.{255})"))
        .map(part -> "\"" + part.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
        .collect(Collectors.joining(" "));
  }
}
