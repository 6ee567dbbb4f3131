package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.dns.Direction;
import io.nameplate.dns.DnsDiagnosis;
import io.nameplate.dns.ProofSeen;
import io.nameplate.edge.EntryState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LookRuleTest {
  private static final Instant T0 = Standings.T0;
  private static final LookRule RULE = new LookRule(Duration.ofSeconds(60));

  @Test
  void givesAFreeNameToTheClaimThatIsProved() {
    var change = RULE.after(Standings.added().standing(), pointsHere(), reached(), T0);
    assertThat(change.progress().holder()).isTrue();
    assertThat(change.progress().proof()).contains(Proof.CNAME);
    assertThat(condition(change, ConditionType.OWNERSHIP).state()).isEqualTo(ConditionState.OK);
  }

  @Test
  void takesNoNameThatAnotherTeamHolds() {
    var standing = Standings.added().heldElsewhere().standing();
    var change = RULE.after(standing, pointsHere(), reached(), T0);
    assertThat(change.progress().holder()).isFalse();
    assertThat(change.progress().proof()).contains(Proof.CNAME);
    assertThat(condition(change, ConditionType.OWNERSHIP).reason())
        .isEqualTo(Reason.HELD_BY_ANOTHER_TEAM);
  }

  @Test
  void looksAgainInASecondWhileRecordsAreMissing() {
    var change = RULE.after(Standings.added().standing(), elsewhere(), Optional.empty(), T0);
    assertThat(change.progress().dueAt()).contains(T0.plusSeconds(1));
  }

  @Test
  void givesUpVisiblyAfterSevenDays() {
    var later = T0.plus(Duration.ofDays(8));
    var change = RULE.after(Standings.added().standing(), elsewhere(), Optional.empty(), later);
    assertThat(change.progress().dueAt()).isEmpty();
    assertThat(condition(change, ConditionType.DNS).reason()).isEqualTo(Reason.GAVE_UP);
  }

  @Test
  void doesNotCallADomainMovedAfterOneLook() {
    var change = RULE.after(Standings.served().standing(), elsewhere(), Optional.empty(), T0);
    assertThat(condition(change, ConditionType.DNS).reason()).isEqualTo(Reason.POINTS_ELSEWHERE);
    assertThat(change.progress().dueAt()).contains(T0.plusSeconds(12));
  }

  @Test
  void callsADomainMovedWhenASecondLookSaysTheSame() {
    var doubted =
        Standings.served()
            .with(ConditionsOf.proved().failing(ConditionType.DNS, Reason.POINTS_ELSEWHERE));
    var change = RULE.after(doubted.standing(), elsewhere(), Optional.empty(), T0.plusSeconds(12));
    assertThat(condition(change, ConditionType.DNS).reason()).isEqualTo(Reason.MOVED_AWAY);
  }

  @Test
  void leavesAMovedDomainMovedWhileNothingCanBeTold() {
    var moved =
        Standings.served()
            .with(ConditionsOf.proved().failing(ConditionType.DNS, Reason.MOVED_AWAY));
    var change = RULE.after(moved.standing(), unclear(), Optional.empty(), T0.plusSeconds(60));
    assertThat(condition(change, ConditionType.DNS).reason()).isEqualTo(Reason.MOVED_AWAY);
  }

  @Test
  void takesNoProofAwayWhileNothingCanBeTold() {
    var change = RULE.after(Standings.served().standing(), unclear(), Optional.empty(), T0);
    assertThat(condition(change, ConditionType.OWNERSHIP).state()).isEqualTo(ConditionState.OK);
  }

  @Test
  void onlyWarnsWhenAHoldersProofIsGone() {
    var change = RULE.after(Standings.served().standing(), elsewhere(), Optional.empty(), T0);
    assertThat(condition(change, ConditionType.OWNERSHIP).reason()).isEqualTo(Reason.PROOF_LOST);
    assertThat(change.progress().holder()).isTrue();
    assertThat(change.progress().proof()).isEmpty();
  }

  @Test
  void keepsTheOperatorsWordWhileDnsProvesNothing() {
    var imported = vouchedFor(Standings.served());
    var change = RULE.after(imported, elsewhere(), Optional.empty(), T0);
    assertThat(condition(change, ConditionType.OWNERSHIP).reason())
        .isEqualTo(Reason.PROVED_BY_OPERATOR);
    assertThat(change.progress().proof()).contains(Proof.OPERATOR);
  }

  @Test
  void needsTheOperatorsWordNoMoreOnceDnsProvesTheClaim() {
    var imported = vouchedFor(Standings.served());
    var change = RULE.after(imported, pointsHere(), reached(), T0);
    assertThat(change.progress().proof()).contains(Proof.CNAME);
    assertThat(condition(change, ConditionType.OWNERSHIP).reason())
        .isEqualTo(Reason.PROVED_BY_CNAME);
  }

  @Test
  void takesTheOperatorsWordForNobodyWhoLostTheName() {
    var moved = vouchedFor(Standings.added().heldElsewhere());
    var change = RULE.after(moved, elsewhere(), Optional.empty(), T0);
    assertThat(change.progress().proof()).isEmpty();
    assertThat(condition(change, ConditionType.OWNERSHIP).reason()).isEqualTo(Reason.PROOF_MISSING);
  }

  @Test
  void saysThatACertificateRanOut() {
    var standing = Standings.served().certifiedFor(Duration.ofMinutes(2)).standing();
    var change = RULE.after(standing, pointsHere(), reached(), T0.plusSeconds(120));
    assertThat(condition(change, ConditionType.CERTIFICATE).reason())
        .isEqualTo(Reason.CERTIFICATE_EXPIRED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {
        "SERVFAIL",
        "SERVERS_SILENT",
        "LAME_DELEGATION",
        "SERVERS_DISAGREE",
        "DNSSEC_BOGUS",
        "RESOLVER_DISAGREES"
      })
  void tellsANewDomainWhatStandsInItsWayNow(Reason reason) {
    var missing =
        Standings.added().with(ConditionsOf.none().failing(ConditionType.DNS, Reason.NO_SUCH_NAME));
    var change = RULE.after(missing.standing(), unclear(reason), Optional.empty(), T0);
    assertThat(condition(change, ConditionType.DNS).reason()).isEqualTo(reason);
  }

  @Test
  void keepsWhatIsWrongWithAServedDomainWhileNothingCanBeTold() {
    var mixed =
        Standings.served()
            .with(ConditionsOf.proved().failing(ConditionType.DNS, Reason.MIXED_RECORDS));
    var change = RULE.after(mixed.standing(), unclear(), Optional.empty(), T0);
    assertThat(condition(change, ConditionType.DNS).reason()).isEqualTo(Reason.MIXED_RECORDS);
  }

  @Test
  void keepsALostProofAWarningWhileNothingCanBeTold() {
    var lost =
        Standings.served()
            .with(ConditionsOf.proved().failing(ConditionType.OWNERSHIP, Reason.PROOF_LOST));
    var change = RULE.after(lost.standing(), unclear(), Optional.empty(), T0);
    assertThat(condition(change, ConditionType.OWNERSHIP).reason()).isEqualTo(Reason.PROOF_LOST);
    assertThat(StatusRule.mayOrder(lost.standing().after(change).conditions()))
        .as("only DNS, CAA and reach stand in the way, not the proof")
        .isFalse();
    var clear = RULE.after(lost.standing().after(change), pointsHere(), reached(), T0);
    assertThat(StatusRule.mayOrder(lost.standing().after(clear).conditions())).isTrue();
  }

  @Test
  void writesNothingAfterALaterLook() {
    var later =
        Standings.added()
            .standing()
            .after(
                RULE.after(
                    Standings.added().standing(), pointsHere(), reached(), T0.plusSeconds(5)));
    var change = RULE.after(later, elsewhere(), Optional.empty(), T0);
    assertThat(change.conditions()).isEmpty();
    assertThat(change.progress()).isEqualTo(Progress.of(later.domain()));
    assertThat(change.progress().proof()).contains(Proof.CNAME);
  }

  @Test
  void looksAtTheProofOfASuspendedDomainAndAtNothingElse() {
    var suspended = Standings.served().wanting(Wanted.SUSPENDED).told(EntryState.SUSPENDED);
    var change = RULE.after(suspended.standing(), elsewhere(), Optional.empty(), T0);
    assertThat(change.progress().proof()).isEmpty();
    assertThat(change.conditions())
        .extracting(Condition::type)
        .containsExactly(ConditionType.OWNERSHIP);
    assertThat(change.progress().dueAt()).contains(T0.plus(Duration.ofDays(1)));
  }

  @Test
  void looksOnWhileTheCaMayNotBeAsked() {
    var waiting =
        Standings.added()
            .holding()
            .with(
                ConditionsOf.verified()
                    .failing(ConditionType.CERTIFICATE, Reason.CA_RATE_LIMITED)
                    .again(ConditionType.CERTIFICATE, T0.plus(Duration.ofHours(20))));
    var change = RULE.after(waiting.standing(), pointsHere(), reached(), T0);
    assertThat(change.progress().dueAt()).contains(T0.plusSeconds(60));
  }

  @Test
  void looksOnAtAServedDomainWhoseRenewalWaits() {
    var waiting =
        Standings.served()
            .with(
                ConditionsOf.proved()
                    .ok(ConditionType.CERTIFICATE, Reason.CERTIFICATE_RENEWING)
                    .again(ConditionType.CERTIFICATE, T0.plus(Duration.ofDays(62))));
    var now = T0.plus(Duration.ofDays(61));
    var change = RULE.after(waiting.standing(), pointsHere(), reached(), now);
    assertThat(change.progress().dueAt()).contains(now.plusSeconds(60));
    assertThat(waiting.standing().after(change).condition(ConditionType.CERTIFICATE))
        .map(Condition::reason)
        .contains(Reason.CERTIFICATE_RENEWING);
  }

  @Test
  void keepsTheMomentAtWhichAnExpiredCertificateIsTriedAgain() {
    var next = T0.plus(Duration.ofDays(92));
    var expired =
        Standings.served()
            .with(
                ConditionsOf.proved()
                    .failing(ConditionType.CERTIFICATE, Reason.CA_UNAVAILABLE)
                    .again(ConditionType.CERTIFICATE, next));
    var change =
        RULE.after(expired.standing(), pointsHere(), reached(), T0.plus(Duration.ofDays(91)));
    var certificate = condition(change, ConditionType.CERTIFICATE);
    assertThat(certificate.reason()).isEqualTo(Reason.CERTIFICATE_EXPIRED);
    assertThat(certificate.message()).contains(Reason.CA_UNAVAILABLE.code());
    assertThat(certificate.nextCheckAt()).contains(next);
  }

  private static Standing vouchedFor(Standings domain) {
    var standing = domain.standing();
    var word = Progress.of(standing.domain()).proved(Proof.OPERATOR, false, T0);
    return standing.after(new Change(word, List.of()));
  }

  private static Condition condition(Change change, ConditionType type) {
    return change.conditions().stream()
        .filter(condition -> condition.type() == type)
        .findFirst()
        .orElseThrow();
  }

  private static DnsDiagnosis pointsHere() {
    return new DnsDiagnosis(
        finding(ConditionType.OWNERSHIP, ConditionState.OK, Reason.PROVED_BY_CNAME),
        finding(ConditionType.DNS, ConditionState.OK, Reason.POINTS_HERE),
        finding(ConditionType.CAA, ConditionState.OK, Reason.CAA_ABSENT),
        ProofSeen.CNAME,
        Direction.HERE,
        List.of("CNAME"));
  }

  private static DnsDiagnosis elsewhere() {
    return new DnsDiagnosis(
        finding(ConditionType.OWNERSHIP, ConditionState.FAILING, Reason.PROOF_MISSING),
        finding(ConditionType.DNS, ConditionState.FAILING, Reason.POINTS_ELSEWHERE),
        finding(ConditionType.CAA, ConditionState.OK, Reason.CAA_ABSENT),
        ProofSeen.NONE,
        Direction.ELSEWHERE,
        List.of());
  }

  private static DnsDiagnosis unclear() {
    return unclear(Reason.SERVERS_SILENT);
  }

  private static DnsDiagnosis unclear(Reason reason) {
    return new DnsDiagnosis(
        finding(ConditionType.OWNERSHIP, ConditionState.UNKNOWN, Reason.PROOF_NOT_CLEAR),
        finding(ConditionType.DNS, ConditionState.UNKNOWN, reason),
        finding(ConditionType.CAA, ConditionState.UNKNOWN, Reason.CAA_UNCLEAR),
        ProofSeen.UNCLEAR,
        Direction.NOT_CLEAR,
        List.of());
  }

  private static Optional<Finding> reached() {
    return Optional.of(finding(ConditionType.REACH, ConditionState.OK, Reason.REACHED));
  }

  private static Finding finding(ConditionType type, ConditionState state, Reason reason) {
    return new Finding(
        type, state, reason, reason.code(), List.of(), Actor.NOBODY, Optional.empty());
  }
}
