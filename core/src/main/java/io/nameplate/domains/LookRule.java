package io.nameplate.domains;

import io.nameplate.dns.Direction;
import io.nameplate.dns.DnsDiagnosis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What follows for a domain from a look at its records and addresses. Could not tell takes nothing
/// away.
///
/// @param watchEvery how often a domain that is served is looked at
public record LookRule(Duration watchEvery) {
  /// A served domain has moved when two looks so far apart both said so: one that falls into the
  /// middle of an edit at a DNS provider says nothing.
  static final Duration MOVED_AFTER = Duration.ofSeconds(10);

  /// Part of the visitors still arrive: that is repaired, not moved.
  private static final Set<Reason> PARTLY_HERE =
      EnumSet.of(
          Reason.MIXED_RECORDS, Reason.STRAY_AAAA, Reason.RESOLVER_DISAGREES, Reason.DNSSEC_BOGUS);

  /// What to write.
  ///
  /// @param reach what dialling the addresses said; empty: there was nothing to dial
  public Change after(Standing standing, DnsDiagnosis seen, Optional<Finding> reach, Instant now) {
    var progress = Progress.of(standing.domain()).looked(seen.seen(), now);
    progress =
        switch (seen.proof()) {
          case CNAME -> progress.proved(Proof.CNAME, !standing.heldElsewhere(), now);
          case TXT -> progress.proved(Proof.TXT, !standing.heldElsewhere(), now);
          case ADDRESS -> progress.proved(Proof.ADDRESS, !standing.heldElsewhere(), now);
          case NONE -> progress.unproved();
          case UNCLEAR -> progress;
        };
    var findings = new ArrayList<Finding>();
    findings.add(ownership(standing, seen));
    dns(standing, seen, now).ifPresent(findings::add);
    findings.add(seen.caa());
    reach(standing, seen, reach).ifPresent(findings::add);
    CertificateFindings.whileNothingIsOrdered(standing, now).ifPresent(findings::add);
    return dated(standing, progress, findings, now);
  }

  private Change dated(Standing standing, Progress progress, List<Finding> findings, Instant now) {
    var generation = standing.domain().generation();
    var undated =
        findings.stream()
            .map(found -> found.asCondition(generation, now, Optional.empty()))
            .toList();
    var due = Cadence.dueAt(standing.after(new Change(progress, undated)), watchEvery, now);
    var gaveUp = due.isEmpty() && !progress.wasActive();
    var conditions =
        findings.stream()
            .map(found -> gaveUp && found.type() == ConditionType.DNS ? gaveUp(found) : found)
            .map(found ->
                found.asCondition(
                    generation,
                    now,
                    found.type() == ConditionType.CERTIFICATE ? Optional.empty() : due))
            .toList();
    return new Change(progress.due(due), conditions);
  }

  private static Finding ownership(Standing standing, DnsDiagnosis seen) {
    var found = seen.ownership();
    return switch (seen.proof()) {
      case CNAME, TXT, ADDRESS -> standing.heldElsewhere() ? heldElsewhere(found) : found;
      case NONE -> standing.domain().claim().holder() ? lost(found) : found;
      case UNCLEAR ->
          standing
              .condition(ConditionType.OWNERSHIP)
              .filter(known -> known.state() == ConditionState.OK)
              .map(LookRule::again)
              .orElse(found);
    };
  }

  private static Finding heldElsewhere(Finding proved) {
    return new Finding(
        ConditionType.OWNERSHIP,
        ConditionState.FAILING,
        Reason.HELD_BY_ANOTHER_TEAM,
        "Another team holds this hostname. This claim is proved, so it can be transferred here.",
        proved.evidence(),
        Actor.INTEGRATOR,
        Optional.of(
            new Fix(Fix.Action.CALL, "Call the domain's transfer operation.", null, null, null)));
  }

  private static Finding lost(Finding missing) {
    return new Finding(
        ConditionType.OWNERSHIP,
        ConditionState.FAILING,
        Reason.PROOF_LOST,
        "The record that proved this claim is gone. The domain is served while it points here.",
        missing.evidence(),
        missing.who(),
        missing.fix());
  }

  private static Optional<Finding> dns(Standing standing, DnsDiagnosis seen, Instant now) {
    var known = standing.condition(ConditionType.DNS);
    return switch (seen.direction()) {
      case HERE -> Optional.of(seen.dns());
      case ELSEWHERE -> Optional.of(elsewhere(standing, known, seen.dns(), now));
      case NOT_CLEAR ->
          known.filter(LookRule::failing).map(LookRule::again).or(() -> Optional.of(seen.dns()));
    };
  }

  private static Finding elsewhere(
      Standing standing, Optional<Condition> known, Finding found, Instant now) {
    var served = standing.domain().wasActive() && standing.domain().claim().holder();
    if (!served
        || PARTLY_HERE.contains(found.reason())
        || found.state() != ConditionState.FAILING) {
      return found;
    }
    var moved =
        known
            .filter(LookRule::failing)
            .filter(before -> !PARTLY_HERE.contains(before.reason()))
            .filter(before ->
                !now.isBefore(before.since().plus(MOVED_AFTER))
                    || before.reason() == Reason.MOVED_AWAY)
            .isPresent();
    return moved
        ? new Finding(
            ConditionType.DNS,
            ConditionState.FAILING,
            Reason.MOVED_AWAY,
            "The name does not lead here any more. " + found.message(),
            found.evidence(),
            found.who(),
            found.fix())
        : found;
  }

  private static Optional<Finding> reach(
      Standing standing, DnsDiagnosis seen, Optional<Finding> dialled) {
    var known = standing.condition(ConditionType.REACH);
    if (dialled.isPresent()) {
      return dialled;
    }
    if (seen.direction() == Direction.NOT_CLEAR && known.isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            ConditionType.REACH,
            ConditionState.WAITING,
            Reason.WAITS_FOR_DNS,
            "Looked at when the name leads here.",
            List.of(),
            Actor.NOBODY,
            Optional.empty()));
  }

  private static Finding gaveUp(Finding found) {
    return new Finding(
        ConditionType.DNS,
        ConditionState.FAILING,
        Reason.GAVE_UP,
        "Not looked at any more after %d days; ask for a check to go on. %s"
            .formatted(RecheckCadence.GIVES_UP_AFTER.toDays(), found.message()),
        found.evidence(),
        found.who(),
        found.fix());
  }

  private static boolean failing(Condition condition) {
    return condition.state() == ConditionState.FAILING;
  }

  /// What was known, said again.
  private static Finding again(Condition known) {
    return new Finding(
        known.type(),
        known.state(),
        known.reason(),
        known.message(),
        known.evidence(),
        known.who(),
        known.fix());
  }
}
