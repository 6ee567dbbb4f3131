package io.nameplate.serving;

import io.nameplate.domains.Actor;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.Evidence;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Fix;
import io.nameplate.domains.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the probes' requests met behind the nodes. Any answer below 500 is an origin that answers;
/// what it says is the team's matter.
record OriginJudgement(String name, ServingObservation seen, List<Evidence> evidence) {

  Finding judge() {
    var answers =
        seen.nodes().stream()
            .flatMap(node ->
                node.sight() instanceof NodeSight.Answered answered && passed(answered)
                    ? Stream.of(new FromNode(node.node().name(), answered))
                    : Stream.empty())
            .toList();
    if (answers.isEmpty()) {
      return finding(
          ConditionState.UNKNOWN,
          Reason.ORIGIN_NOT_ASKED,
          "No node passed a request for %s on, so nothing can be told about the origin."
              .formatted(name),
          Actor.NOBODY,
          Optional.empty());
    }
    return answers.stream()
        .flatMap(answer -> failure(answer).stream())
        .findFirst()
        .orElseGet(() ->
            finding(
                ConditionState.OK,
                Reason.ORIGIN_ANSWERS,
                "The origin answers.",
                Actor.NOBODY,
                Optional.empty()));
  }

  private record FromNode(String node, NodeSight.Answered answer) {}

  /// Whether the answer tells about the origin at all.
  private static boolean passed(NodeSight.Answered answered) {
    return answered.node().isPresent()
        && answered
            .edgeError()
            .filter(error -> error.equals("unknown-name") || error.equals("suspended"))
            .isEmpty();
  }

  private Optional<Finding> failure(FromNode from) {
    var node = from.node();
    var error = from.answer().edgeError();
    if (error.isPresent()) {
      return Optional.of(edgeError(node, error.get()));
    }
    return from.answer().status() < 500
        ? Optional.empty()
        : Optional.of(
            failing(
                Reason.ORIGIN_ANSWERS_ERROR,
                "The origin answers with status %d, seen from %s."
                    .formatted(from.answer().status(), node),
                "Look at the origin's own log for the error."));
  }

  private Finding edgeError(String node, String error) {
    return switch (error) {
      case "origin-timeout" ->
          failing(
              Reason.ORIGIN_TIMED_OUT,
              "The origin does not answer in time, seen from %s.".formatted(node),
              "Check that the origin is up and not overloaded.");
      case "origin-tls" ->
          failing(
              Reason.ORIGIN_TLS_FAILED,
              "The TLS handshake with the origin fails, seen from %s.".formatted(node),
              "Give the origin a certificate that is valid for its name, or use http.");
      case "origin-refused-address" ->
          failing(
              Reason.ORIGIN_ADDRESS_REFUSED,
              "The origin's name leads to an address that must not be dialled, seen from %s."
                  .formatted(node),
              "Give the origin a public address, or ask the operator to allow its range.");
      case "loop" ->
          failing(
              Reason.ORIGIN_LOOPS,
              "Requests to the origin come back to the edge, seen from %s.".formatted(node),
              "Set an origin that is not itself a domain served here.");
      default ->
          failing(
              Reason.ORIGIN_UNREACHABLE,
              "The origin cannot be reached, seen from %s (%s).".formatted(node, error),
              "Check that the origin is up and lets the edge's addresses in.");
    };
  }

  private Finding failing(Reason reason, String message, String advice) {
    return finding(
        ConditionState.FAILING,
        reason,
        message,
        Actor.INTEGRATOR,
        Optional.of(new Fix(Fix.Action.CONTACT, advice, null, null, null)));
  }

  private Finding finding(
      ConditionState state, Reason reason, String message, Actor who, Optional<Fix> fix) {
    return new Finding(ConditionType.ORIGIN, state, reason, message, evidence, who, fix);
  }
}
