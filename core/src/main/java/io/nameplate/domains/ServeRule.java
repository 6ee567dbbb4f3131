package io.nameplate.domains;

import io.nameplate.certificates.PresentCertificate;
import io.nameplate.domains.Change.NodeProof;
import io.nameplate.edge.Entry;
import io.nameplate.edge.NodeState;
import io.nameplate.edge.Position;
import io.nameplate.serving.ServingDiagnosis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What follows for a domain from its nodes' acks and from what they showed. One probe that fails,
/// a node that restarts or that is a revision behind say nothing yet: they are looked at again
/// soon, and count when patience is over.
///
/// @param watchEvery how often a domain that is served is looked at
public record ServeRule(Duration watchEvery) {
  /// So long a node may lag before the domain goes on without it, as degraded.
  public static final Duration PATIENCE = NodeState.PATIENCE;

  /// What is in doubt is looked at again after so long.
  static final Duration IN_DOUBT = Duration.ofSeconds(5);

  /// A domain that no node serves yet is tried again after so long.
  static final Duration AGAIN_AFTER = Duration.ofSeconds(15);

  /// A removal that nodes hold back is looked at again when one of them holds none any longer; so
  /// often besides.
  static final Duration HELD_AGAIN = Duration.ofMinutes(15);

  /// A removal that silent nodes do not know of.
  static final Duration SILENT_AGAIN = Duration.ofMinutes(2);

  /// A removal that is on its way.
  static final Duration BEHIND_AGAIN = Duration.ofSeconds(30);

  /// What to write after nodes were waited for and probed.
  public Change after(
      Standing standing,
      Position told,
      List<NodeState> nodes,
      ServingDiagnosis shown,
      Instant now) {
    if (known(standing, ConditionType.SERVING, now)) {
      return Change.none(standing.domain());
    }
    var toldAt = toldAt(standing, told, now);
    var findings = new ArrayList<Finding>();
    standing
        .certificate()
        .map(known -> stated(standing, known, now))
        .ifPresent(found -> found.ifPresent(findings::add));
    findings.add(deployed(standing, told, toldAt, nodes, now));
    var serving = patient(standing, told, toldAt, nodes, shown, now);
    findings.add(serving);
    findings.add(shown.origin());
    var progress = Progress.of(standing.domain());
    // The first time every node has to show it, or patience with the others to be over.
    if (!shown.proved().isEmpty() && serving.state() != ConditionState.UNKNOWN) {
      progress = progress.served();
    }
    var proofs =
        shown.proved().stream()
            .map(node ->
                new NodeProof(
                    node,
                    told.revision(),
                    standing.certificate().map(PresentCertificate::sha256).orElse(""),
                    now))
            .toList();
    var change = dated(standing, progress, findings, now);
    return new Change(change.progress(), change.conditions(), proofs);
  }

  /// What to write when nodes are told of a certificate that is to be served.
  public Change whenTold(Standing standing, Instant now) {
    var findings = new ArrayList<Finding>();
    standing
        .certificate()
        .map(known -> stated(standing, known, now))
        .ifPresent(found -> found.ifPresent(findings::add));
    if (!standing.domain().wasActive()) {
      findings.add(
          finding(
              ConditionState.WAITING,
              Reason.NODE_BEHIND,
              "On its way to the nodes.",
              List.of(),
              Actor.NOBODY));
    }
    return dated(standing, Progress.of(standing.domain()), findings, now);
  }

  /// What to write after nodes were told of a removal. Until each of them that receives traffic has
  /// let go of the name, it is not over, and is looked at again.
  public Change afterRemoval(Standing standing, Position told, List<NodeState> nodes, Instant now) {
    var name = standing.domain().hostname();
    var holding = nodes.stream().filter(node -> node.has(told) && !node.letGo(name, told)).toList();
    var found = removed(standing, told, holding, nodes, now);
    var pause =
        switch (found.reason()) {
          case NODE_HOLDS_REMOVAL -> HELD_AGAIN;
          case NODE_SILENT -> SILENT_AGAIN;
          default -> BEHIND_AGAIN;
        };
    var due = found.state() == ConditionState.OK ? Cadence.IN_THE_WORKS : pause;
    var next = Optional.of(now.plus(due));
    return new Change(
        Progress.of(standing.domain()).due(next),
        List.of(found.asCondition(standing.domain().generation(), now, next)));
  }

  /// Whether each of the nodes has let go of a removed name; so has nobody, where there is none.
  public static boolean letGo(Hostname name, Position told, List<NodeState> nodes) {
    return nodes.stream().allMatch(node -> node.letGo(name, told));
  }

  private static Finding removed(
      Standing standing,
      Position told,
      List<NodeState> holding,
      List<NodeState> nodes,
      Instant now) {
    if (letGo(standing.domain().hostname(), told, nodes)) {
      return finding(
          ConditionState.OK,
          Reason.ON_EVERY_NODE,
          "No node serves it any longer.",
          nodes.stream().map(ServeRule::evidence).toList(),
          Actor.NOBODY);
    }
    if (holding.isEmpty()) {
      return deployed(standing, told, toldAt(standing, told, now), nodes, now);
    }
    var orders =
        holding.stream()
            .map(node -> "nodes confirm-removals " + node.name())
            .collect(Collectors.joining(", "));
    return finding(
        ConditionState.FAILING,
        Reason.NODE_HOLDS_REMOVAL,
        "Still served by %s, whose guard holds many removals back; an operator has to confirm them: %s."
            .formatted(names(holding), orders),
        holding.stream()
            .map(node ->
                new Evidence(
                    node.name(),
                    "held removals",
                    Long.toString(node.held().count()),
                    node.heardAt()))
            .toList(),
        Actor.OPERATOR);
  }

  /// What to write after nodes were waited for that have nothing to prove, such as a suspension.
  public Change afterAcks(Standing standing, Position told, List<NodeState> nodes, Instant now) {
    if (known(standing, ConditionType.DEPLOYED, now)) {
      return Change.none(standing.domain());
    }
    var toldAt = toldAt(standing, told, now);
    return dated(
        standing,
        Progress.of(standing.domain()),
        List.of(deployed(standing, told, toldAt, nodes, now)),
        now);
  }

  /// Whether somebody looked later already.
  private static boolean known(Standing standing, ConditionType type, Instant now) {
    return standing
        .condition(type)
        .filter(condition -> condition.generation() >= standing.domain().generation())
        .filter(condition -> condition.checkedAt().isAfter(now))
        .isPresent();
  }

  private static Instant toldAt(Standing standing, Position told, Instant now) {
    return standing
        .entry()
        .filter(entry -> entry.position().equals(told))
        .map(Entry::changedAt)
        .orElse(now);
  }

  private static Optional<Finding> stated(
      Standing standing, PresentCertificate certificate, Instant now) {
    if (!certificate.usable(now)) {
      return CertificateFindings.whileNothingIsOrdered(standing, now);
    }
    var failing =
        standing
            .condition(ConditionType.CERTIFICATE)
            .filter(CertificateFindings::renewalFails)
            .filter(known -> known.reason() != Reason.CERTIFICATE_EXPIRED)
            .isPresent();
    return failing && certificate.due(now)
        ? Optional.empty()
        : Optional.of(CertificateFindings.valid(certificate));
  }

  /// What nodes showed, as doubt while it may pass: until a node that objects is known to be silent
  /// or to lag, or has objected for as long.
  private static Finding patient(
      Standing standing,
      Position told,
      Instant toldAt,
      List<NodeState> nodes,
      ServingDiagnosis shown,
      Instant now) {
    var found = shown.serving();
    if (found.state() != ConditionState.FAILING || nodes.isEmpty()) {
      return found;
    }
    var known = standing.condition(ConditionType.SERVING);
    var doubted = known.filter(before -> before.state() == ConditionState.UNKNOWN);
    var given =
        nodes.stream()
                .filter(node -> !shown.proved().contains(node.id()))
                .anyMatch(node -> node.silent(now) || node.lags(told, toldAt, now))
            || known.filter(before -> before.state() == ConditionState.FAILING).isPresent()
            || doubted.filter(before -> !now.isBefore(before.since().plus(PATIENCE))).isPresent();
    return given
        ? found
        // The reason of the first doubt: how long it lasts is counted from there.
        : new Finding(
            found.type(),
            ConditionState.UNKNOWN,
            doubted.map(Condition::reason).orElse(found.reason()),
            found.message(),
            found.evidence(),
            Actor.NOBODY,
            Optional.of(
                new Fix(
                    Fix.Action.WAIT, "Wait: it is looked at again in seconds.", null, null, null)));
  }

  private Change dated(Standing standing, Progress progress, List<Finding> findings, Instant now) {
    var generation = standing.domain().generation();
    var failingAgain = now.plus(progress.wasActive() ? watchEvery : AGAIN_AFTER);
    var conditions =
        findings.stream()
            .map(found ->
                found.asCondition(generation, now, next(standing, found, failingAgain, now)))
            .toList();
    var after = standing.after(new Change(progress, conditions));
    return new Change(progress.due(Cadence.dueAt(after, watchEvery, now)), conditions);
  }

  private static Optional<Instant> next(
      Standing standing, Finding found, Instant failingAgain, Instant now) {
    return switch (found.type()) {
      case DEPLOYED, SERVING ->
          switch (found.state()) {
            case OK -> Optional.empty();
            case UNKNOWN, WAITING -> Optional.of(now.plus(IN_DOUBT));
            case FAILING -> Optional.of(failingAgain);
          };
      case CERTIFICATE ->
          found.state() == ConditionState.FAILING
              ? standing.condition(ConditionType.CERTIFICATE).flatMap(Condition::nextCheckAt)
              : Optional.empty();
      case OWNERSHIP, DNS, REACH, CAA, ORIGIN -> Optional.empty();
    };
  }

  private static Finding deployed(
      Standing standing, Position told, Instant toldAt, List<NodeState> nodes, Instant now) {
    if (nodes.isEmpty()) {
      return finding(
          ConditionState.FAILING,
          Reason.NO_NODES,
          "The cluster has no node.",
          List.of(),
          Actor.OPERATOR);
    }
    var name = standing.domain().hostname();
    var refusing = nodes.stream().filter(node -> node.refusal(name, told).isPresent()).toList();
    if (!refusing.isEmpty()) {
      return refused(name, told, refusing);
    }
    var behind = nodes.stream().filter(node -> !node.has(told)).toList();
    if (behind.isEmpty()) {
      return finding(
          ConditionState.OK,
          Reason.ON_EVERY_NODE,
          "Every node has it: %s.".formatted(names(nodes)),
          nodes.stream().map(ServeRule::evidence).toList(),
          Actor.NOBODY);
    }
    var given =
        behind.stream().filter(node -> node.silent(now) || node.lags(told, toldAt, now)).toList();
    if (given.isEmpty()) {
      return finding(
          ConditionState.WAITING,
          Reason.NODE_BEHIND,
          "On its way to %s.".formatted(names(behind)),
          behind.stream().map(ServeRule::evidence).toList(),
          Actor.NOBODY);
    }
    var silent = given.stream().allMatch(node -> node.silent(now));
    return finding(
        ConditionState.FAILING,
        silent ? Reason.NODE_SILENT : Reason.NODE_BEHIND,
        (silent ? "Not heard of: %s." : "Behind: %s.").formatted(names(given)),
        given.stream().map(ServeRule::evidence).toList(),
        Actor.OPERATOR);
  }

  private static Finding refused(Hostname name, Position told, List<NodeState> nodes) {
    var said =
        nodes.stream()
            .flatMap(node ->
                node.refusal(name, told).stream()
                    .map(refusal -> "%s (%s)".formatted(node.name(), refusal.reason())))
            .collect(Collectors.joining(", "));
    return finding(
        ConditionState.FAILING,
        Reason.NODE_REFUSES_ENTRY,
        "Refused by %s; what was served there before goes on.".formatted(said),
        nodes.stream()
            .flatMap(node ->
                Stream.concat(
                    Stream.of(evidence(node)),
                    node.refusal(name, told).stream()
                        .map(refusal ->
                            new Evidence(
                                node.name(),
                                "revision " + refusal.revision(),
                                refusal.reason(),
                                node.heardAt()))))
            .toList(),
        Actor.OPERATOR);
  }

  private static String names(List<NodeState> nodes) {
    return nodes.stream().map(NodeState::name).collect(Collectors.joining(", "));
  }

  private static Evidence evidence(NodeState node) {
    return new Evidence(
        node.name(),
        "position",
        node.position().map(Position::toString).orElse("never acked"),
        node.heardAt());
  }

  private static Finding finding(
      ConditionState state, Reason reason, String message, List<Evidence> evidence, Actor who) {
    return new Finding(
        ConditionType.DEPLOYED, state, reason, message, evidence, who, Optional.empty());
  }
}
