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
    if (knownLater(standing, now)) {
      return Change.none(standing.domain());
    }
    if (standing.domain().wanted() != Wanted.SERVING) {
      // Nothing is ordered or served, but whose the name is goes on to matter.
      return dated(
          standing, progress(standing, seen, now), List.of(ownership(standing, seen)), now);
    }
    var findings = new ArrayList<Finding>();
    findings.add(ownership(standing, seen));
    dns(standing, seen, now).ifPresent(findings::add);
    findings.add(seen.caa());
    reach(standing, seen, reach).ifPresent(findings::add);
    CertificateFindings.whileNothingIsOrdered(standing, now).ifPresent(findings::add);
    return dated(standing, progress(standing, seen, now), findings, now);
  }

  /// What to write for a domain that there is nothing to look at: when it is due again.
  public Change rest(Standing standing, Instant now) {
    return dated(standing, Progress.of(standing.domain()), List.of(), now);
  }

  /// Whether somebody looked later already.
  private static boolean knownLater(Standing standing, Instant now) {
    return standing.domain().checkedAt().filter(now::isBefore).isPresent();
  }

  private static Progress progress(Standing standing, DnsDiagnosis seen, Instant now) {
    var progress = Progress.of(standing.domain()).looked(seen.seen(), now);
    return switch (seen.proof()) {
      case CNAME -> progress.proved(Proof.CNAME, !standing.heldElsewhere(), now);
      case TXT -> progress.proved(Proof.TXT, !standing.heldElsewhere(), now);
      case ADDRESS -> progress.proved(Proof.ADDRESS, !standing.heldElsewhere(), now);
      case NONE -> vouchedFor(standing) ? progress : progress.unproved();
      case UNCLEAR -> progress;
    };
  }

  private Change dated(Standing standing, Progress progress, List<Finding> findings, Instant now) {
    var generation = standing.domain().generation();
    var undated =
        findings.stream()
            .map(found ->
                found.asCondition(generation, now, next(standing, found, Optional.empty())))
            .toList();
    var after = standing.after(new Change(progress, undated));
    var look = Cadence.lookAt(after, watchEvery, now);
    var due = Cadence.dueAt(after, watchEvery, now);
    var served = progress.wasActive() && progress.holder();
    var gaveUp = look.isEmpty() && due.isEmpty() && !served;
    var conditions =
        findings.stream()
            .map(found -> gaveUp && found.type() == ConditionType.DNS ? gaveUp(found) : found)
            .map(found -> found.asCondition(generation, now, next(standing, found, look)))
            .toList();
    return new Change(progress.due(due), conditions);
  }

  /// A certificate is not looked at but tried again, when the CA allows it.
  private static Optional<Instant> next(Standing standing, Finding found, Optional<Instant> look) {
    if (found.type() != ConditionType.CERTIFICATE) {
      return look;
    }
    return found.state() == ConditionState.FAILING
        ? standing.condition(ConditionType.CERTIFICATE).flatMap(Condition::nextCheckAt)
        : Optional.empty();
  }

  private static Finding ownership(Standing standing, DnsDiagnosis seen) {
    var found = seen.ownership();
    return switch (seen.proof()) {
      case CNAME, TXT, ADDRESS -> standing.heldElsewhere() ? heldElsewhere(found) : found;
      case NONE ->
          vouchedFor(standing)
              ? byOperator(found.evidence())
              : standing.domain().claim().holder() ? lost(found) : found;
      case UNCLEAR ->
          standing
              .condition(ConditionType.OWNERSHIP)
              .filter(known -> stands(standing, known))
              .map(LookRule::again)
              .orElse(found);
    };
  }

  /// Whether what is known about ownership goes on while nothing can be told: could not tell never
  /// demotes, and does not stop renewals of a domain whose lost proof only warns.
  private static boolean stands(Standing standing, Condition known) {
    return known.state() == ConditionState.OK
        || (known.reason() == Reason.PROOF_LOST && standing.domain().claim().holder())
        || (known.reason() == Reason.HELD_BY_ANOTHER_TEAM && standing.heldElsewhere());
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

  /// Whether the operator's word is all that proves the claim.
  private static boolean vouchedFor(Standing standing) {
    var claim = standing.domain().claim();
    return claim.holder() && claim.proof().filter(Proof.OPERATOR::equals).isPresent();
  }

  /// What is said of a claim that is proved by the operator's word.
  public static Finding byOperator(List<Evidence> evidence) {
    return new Finding(
        ConditionType.OWNERSHIP,
        ConditionState.OK,
        Reason.PROVED_BY_OPERATOR,
        "The operator vouched for this claim when it was imported.",
        evidence,
        Actor.NOBODY,
        Optional.empty());
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
          known
              .filter(LookRule::failing)
              .filter(before -> protects(standing, before))
              .map(LookRule::again)
              .or(() -> Optional.of(seen.dns()));
    };
  }

  /// Whether a finding is kept while nothing can be told: a domain that works, or moved, does not
  /// become another one by that. A new domain is told what stands in its way now.
  private static boolean protects(Standing standing, Condition known) {
    return served(standing) || known.reason() == Reason.MOVED_AWAY;
  }

  private static boolean served(Standing standing) {
    return standing.domain().wasActive() && standing.domain().claim().holder();
  }

  private static Finding elsewhere(
      Standing standing, Optional<Condition> known, Finding found, Instant now) {
    if (!served(standing)
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
            (vouchedFor(standing)
                    ? "The name does not lead here yet. "
                    : "The name does not lead here any more. ")
                + found.message(),
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
