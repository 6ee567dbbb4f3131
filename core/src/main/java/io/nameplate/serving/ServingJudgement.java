package io.nameplate.serving;

import io.nameplate.addresses.AddressText;
import io.nameplate.clusters.NodeId;
import io.nameplate.domains.Actor;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.Evidence;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Fix;
import io.nameplate.domains.Reason;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether every node shows the wanted certificate and entry, and what their requests met at the
/// origin.
public final class ServingJudgement {
  private final ServingQuestion question;
  private final ServingObservation seen;

  private ServingJudgement(ServingQuestion question, ServingObservation seen) {
    this.question = question;
    this.seen = seen;
  }

  /// Judges what was seen.
  public static ServingDiagnosis judge(ServingQuestion question, ServingObservation seen) {
    var judgement = new ServingJudgement(question, seen);
    var origin = new OriginJudgement(question.name().ascii(), seen, judgement.evidence()).judge();
    return new ServingDiagnosis(judgement.serving(), origin, judgement.proved());
  }

  private List<NodeId> proved() {
    return seen.nodes().stream()
        .filter(node -> objection(node).isEmpty())
        .map(node -> node.node().id())
        .toList();
  }

  private Finding serving() {
    if (seen.nodes().isEmpty()) {
      return finding(
          ConditionState.FAILING,
          Reason.NO_NODES,
          "The cluster has no node that could answer for %s.".formatted(question.name()),
          Actor.OPERATOR,
          "Let a node join the cluster.");
    }
    var objections = seen.nodes().stream().flatMap(node -> objection(node).stream()).toList();
    if (objections.isEmpty()) {
      return finding(
          ConditionState.OK,
          Reason.PROVED_ON_EVERY_NODE,
          "Every node answers for %s with the wanted certificate.".formatted(question.name()),
          Actor.NOBODY,
          null);
    }
    var message = String.join(" ", objections.stream().map(Objection::sentence).toList());
    return finding(
        ConditionState.FAILING,
        objections.getFirst().reason,
        message,
        Actor.OPERATOR,
        "Look at the named nodes; what lags behind is sent again by itself.");
  }

  private record Objection(Reason reason, String sentence) {}

  private Optional<Objection> objection(ServingObservation.Seen node) {
    var name = node.node().name();
    return switch (node.sight()) {
      case NodeSight.Unreachable(var why) ->
          object(Reason.NODE_UNREACHABLE, "%s cannot be reached (%s).".formatted(name, why));
      case NodeSight.HandshakeRefused(var detail) ->
          object(
              Reason.NODE_REFUSES_HANDSHAKE,
              "%s has no certificate for the name (%s).".formatted(name, detail));
      case NodeSight.Broken(var why, _) ->
          object(
              Reason.NODE_ANSWERS_WRONG, "%s does not answer properly (%s).".formatted(name, why));
      case NodeSight.Answered answered -> objection(node.node(), answered);
    };
  }

  private Optional<Objection> objection(NodeAddress node, NodeSight.Answered answered) {
    var name = node.name();
    if (!answered.certificateSha256().equals(question.certificateSha256())) {
      return object(
          Reason.NODE_SERVES_ANOTHER_CERTIFICATE,
          "%s shows another certificate than the wanted one.".formatted(name));
    }
    if (answered.node().isEmpty()) {
      return object(
          Reason.NODE_ANSWERS_WRONG,
          "%s does not answer as a node of this cluster.".formatted(name));
    }
    if (!answered.node().get().equals(node.id().toString())) {
      return object(
          Reason.NODE_ANSWERS_WRONG,
          "At the address of %s another node answers (%s).".formatted(name, answered.node().get()));
    }
    if (!answered.domain().equals(Optional.of(question.domain().toString()))
        || answered.revision().orElse(-1) < question.revision()) {
      return object(
          Reason.NODE_SERVES_ANOTHER_REVISION,
          "%s serves another entry than the newest one.".formatted(name));
    }
    return Optional.empty();
  }

  private static Optional<Objection> object(Reason reason, String sentence) {
    return Optional.of(new Objection(reason, sentence));
  }

  private Finding finding(
      ConditionState state, Reason reason, String message, Actor who, @Nullable String advice) {
    return new Finding(
        ConditionType.SERVING,
        state,
        reason,
        message,
        evidence(),
        who,
        Optional.ofNullable(advice)
            .map(text -> new Fix(Fix.Action.CONTACT, text, null, null, null)));
  }

  private List<Evidence> evidence() {
    return seen.nodes().stream()
        .map(node ->
            new Evidence(
                "%s (%s)".formatted(node.node().name(), shown(node.node().https())),
                "https://%s/".formatted(question.name()),
                text(node.sight()),
                seen.at()))
        .toList();
  }

  private static String shown(InetSocketAddress address) {
    var host = AddressText.of(address.getAddress());
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static String text(NodeSight sight) {
    return switch (sight) {
      case NodeSight.Answered answered -> text(answered);
      case NodeSight.HandshakeRefused(var detail) -> "handshake refused: " + detail;
      case NodeSight.Unreachable(var why) -> why;
      case NodeSight.Broken(var why, _) -> why;
    };
  }

  private static String text(NodeSight.Answered answered) {
    return "status %d%s, certificate SHA-256 %s, revision %s"
        .formatted(
            answered.status(),
            answered.edgeError().map(error -> " by the edge (" + error + ")").orElse(""),
            answered.certificateSha256(),
            answered.revision().isPresent()
                ? Long.toString(answered.revision().getAsLong())
                : "not told");
  }
}
