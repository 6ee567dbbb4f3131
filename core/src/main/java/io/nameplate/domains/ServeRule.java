package io.nameplate.domains;

import io.nameplate.certificates.PresentCertificate;
import io.nameplate.edge.NodeState;
import io.nameplate.edge.Position;
import io.nameplate.serving.ServingDiagnosis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What follows for a domain from its nodes' acks and from what they showed.
///
/// @param watchEvery how often a domain that is served is looked at
public record ServeRule(Duration watchEvery) {
  /// So long a node may lag before the domain goes on without it, as degraded.
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /// A domain that no node serves yet is tried again after so long.
  static final Duration AGAIN_AFTER = Duration.ofSeconds(15);

  /// What to write after nodes were waited for and probed.
  public Change after(
      Standing standing,
      Position told,
      List<NodeState> nodes,
      ServingDiagnosis shown,
      Instant now) {
    var progress = Progress.of(standing.domain());
    if (!shown.proved().isEmpty()) {
      progress = progress.served();
    }
    var findings = new ArrayList<Finding>();
    standing
        .certificate()
        .map(known -> stated(standing, known, now))
        .ifPresent(found -> found.ifPresent(findings::add));
    findings.add(deployed(told, nodes, now));
    findings.add(shown.serving());
    findings.add(shown.origin());
    return dated(standing, progress, findings, now);
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

  /// What to write after nodes were waited for that have nothing to prove, such as a suspension.
  public Change afterAcks(Standing standing, Position told, List<NodeState> nodes, Instant now) {
    return dated(
        standing, Progress.of(standing.domain()), List.of(deployed(told, nodes, now)), now);
  }

  private static Optional<Finding> stated(
      Standing standing, PresentCertificate certificate, Instant now) {
    if (!certificate.usable(now)) {
      return Optional.of(CertificateFindings.expired(certificate));
    }
    var failing =
        standing
            .condition(ConditionType.CERTIFICATE)
            .filter(known -> known.state() == ConditionState.FAILING)
            .filter(known -> known.reason() != Reason.CERTIFICATE_EXPIRED)
            .isPresent();
    return failing && certificate.due(now)
        ? Optional.empty()
        : Optional.of(CertificateFindings.valid(certificate));
  }

  private Change dated(Standing standing, Progress progress, List<Finding> findings, Instant now) {
    var generation = standing.domain().generation();
    var retry = Optional.of(now.plus(AGAIN_AFTER));
    var conditions =
        findings.stream()
            .map(found ->
                found.asCondition(
                    generation,
                    now,
                    found.type() == ConditionType.SERVING && found.state() != ConditionState.OK
                        ? retry
                        : Optional.empty()))
            .toList();
    var after = standing.after(new Change(progress, conditions));
    var due =
        progress.wasActive() || standing.domain().wanted() != Wanted.SERVING
            ? Cadence.dueAt(after, watchEvery, now)
            : retry;
    return new Change(progress.due(due), conditions);
  }

  static Finding deployed(Position told, List<NodeState> nodes, Instant now) {
    if (nodes.isEmpty()) {
      return finding(
          ConditionState.FAILING,
          Reason.NO_NODES,
          "The cluster has no node.",
          List.of(),
          Actor.OPERATOR);
    }
    var behind = nodes.stream().filter(node -> !node.has(told)).toList();
    if (behind.isEmpty()) {
      return finding(
          ConditionState.OK,
          Reason.ON_EVERY_NODE,
          "Every node has it: %s.".formatted(names(nodes)),
          nodes.stream().map(node -> evidence(node, now)).toList(),
          Actor.NOBODY);
    }
    var silent = behind.stream().allMatch(node -> node.silent(now));
    return finding(
        ConditionState.FAILING,
        silent ? Reason.NODE_SILENT : Reason.NODE_BEHIND,
        (silent ? "Not heard of: %s." : "Behind: %s.").formatted(names(behind)),
        behind.stream().map(node -> evidence(node, now)).toList(),
        Actor.OPERATOR);
  }

  private static String names(List<NodeState> nodes) {
    return nodes.stream().map(NodeState::name).collect(Collectors.joining(", "));
  }

  private static Evidence evidence(NodeState node, Instant now) {
    return new Evidence(
        node.name(),
        "position",
        node.position().map(Position::toString).orElse("never acked"),
        node.ackedAt().orElse(now));
  }

  private static Finding finding(
      ConditionState state, Reason reason, String message, List<Evidence> evidence, Actor who) {
    return new Finding(
        ConditionType.DEPLOYED, state, reason, message, evidence, who, Optional.empty());
  }
}
