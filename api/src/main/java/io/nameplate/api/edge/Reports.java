package io.nameplate.api.edge;

import com.fasterxml.jackson.databind.JsonNode;
import io.nameplate.edge.EdgeFeed.Counted;
import io.nameplate.edge.EdgeFeed.Report;
import io.nameplate.edge.Position;
import io.nameplate.rollouts.Tally;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What nodes report, read and checked.
final class Reports {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{16}");

  /// As many as a node names: enough for nearly every flood, and a small part of a report's
  /// megabyte.
  private static final int MOST_HELD = 1_000;

  /// A million a second for thirty years: sums of it still fit into 64 bits.
  private static final long MOST_TRIES = 1_000_000_000_000_000L;

  private Reports() {}

  /// @throws EdgeProblem if a value is not possible
  static Report read(JsonNode body) {
    var digest = body.path("digest").asText();
    if (!DIGEST.matcher(digest).matches()) {
      throw new EdgeProblem(EdgeProblem.Kind.REQUEST_INVALID, "digest has 16 hex digits.");
    }
    var refused = body.path("refused");
    return new Report(
        new Position(number(body, "epoch"), number(body, "revision")),
        digest,
        number(body, "names"),
        number(body, "held_removals"),
        held(body.path("held")),
        refused.isArray() ? refused.toString() : "[]",
        JoinRequests.text(body, "version", 64),
        body.path("ready").asBoolean(),
        counted(body),
        body.has("policy") ? number(body, "policy") : 0);
  }

  private static Optional<Counted> counted(JsonNode body) {
    if (!body.has("tries") || !body.has("started_at")) {
      return Optional.empty(); // an older node
    }
    var tries = number(body, "tries");
    var failures = number(body, "failures");
    if (tries > MOST_TRIES || failures > tries) {
      throw new EdgeProblem(
          EdgeProblem.Kind.REQUEST_INVALID, "failures are tries, and tries 10^15 at most.");
    }
    try {
      return Optional.of(
          new Counted(Instant.parse(body.path("started_at").asText()), new Tally(tries, failures)));
    } catch (DateTimeParseException _) {
      throw new EdgeProblem(EdgeProblem.Kind.REQUEST_INVALID, "started_at is a moment.");
    }
  }

  private static List<String> held(JsonNode names) {
    if (names.size() > MOST_HELD) {
      throw new EdgeProblem(
          EdgeProblem.Kind.REQUEST_INVALID, "held has %d names at most.".formatted(MOST_HELD));
    }
    var held = new ArrayList<String>();
    names.forEach(name -> held.add(name.asText()));
    return held;
  }

  private static long number(JsonNode body, String field) {
    var value = body.path(field);
    if (!value.isIntegralNumber() || value.asLong() < 0) {
      throw new EdgeProblem(
          EdgeProblem.Kind.REQUEST_INVALID, field + " is a whole number from 0 on.");
    }
    return value.asLong();
  }
}
