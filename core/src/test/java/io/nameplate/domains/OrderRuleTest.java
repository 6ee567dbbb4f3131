package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OrderRuleTest {
  private static final OrderRule RULE = new OrderRule(Duration.ofSeconds(60));
  private static final String ACME = "urn:ietf:params:acme:error:";

  static Stream<Arguments> lives() {
    return Stream.of(
        arguments(
            "weeks are left",
            61,
            ConditionState.OK,
            Reason.CERTIFICATE_RENEWING,
            DomainStatus.ACTIVE),
        arguments(
            "two weeks are left",
            76,
            ConditionState.FAILING,
            Reason.CA_RATE_LIMITED,
            DomainStatus.DEGRADED),
        arguments(
            "it ran out",
            91,
            ConditionState.FAILING,
            Reason.CERTIFICATE_EXPIRED,
            DomainStatus.EXPIRED));
  }

  @ParameterizedTest(name = "{0}: {3}")
  @MethodSource("lives")
  void aRenewalThatFailsIsAWarningUntilLittleLifeIsLeft(
      String what, int days, ConditionState state, Reason reason, DomainStatus status) {
    var now = Standings.T0.plus(Duration.ofDays(days));
    var standing = Standings.served().standing();
    var after = standing.after(RULE.postponed(standing, limited(now), now));
    var certificate = after.condition(ConditionType.CERTIFICATE).orElseThrow();

    assertThat(certificate.state()).isEqualTo(state);
    assertThat(certificate.reason()).isEqualTo(reason);
    assertThat(certificate.message()).contains("too many orders");
    assertThat(certificate.evidence())
        .extracting(Evidence::question)
        .containsExactly(ACME + "rateLimited");
    assertThat(certificate.nextCheckAt()).contains(now.plus(Duration.ofHours(20)));
    assertThat(StatusRule.of(Wanted.SERVING, true, true, 1, after.conditions())).isEqualTo(status);
  }

  @Test
  void aServedDomainIsLookedAtAsEverWhileTheCaMayNotBeAsked() {
    var now = Standings.T0.plus(Duration.ofDays(61));
    var standing = Standings.served().standing();
    assertThat(RULE.postponed(standing, limited(now), now).progress().dueAt())
        .contains(now.plusSeconds(60));
  }

  @Test
  void aNewDomainIsLookedAtWhileTheCaMayNotBeAsked() {
    var standing = Standings.added().holding().with(ConditionsOf.verified()).standing();
    var change = RULE.postponed(standing, limited(Standings.T0), Standings.T0);
    assertThat(change.progress().dueAt()).contains(Standings.T0.plusSeconds(60));
  }

  @Test
  void anEarlierRetryIsNotMissed() {
    var standing = Standings.added().holding().with(ConditionsOf.verified()).standing();
    var soon = Standings.T0.plusSeconds(5);
    var why = new NotNow(Reason.CA_UNAVAILABLE, "away", "", soon);
    assertThat(RULE.postponed(standing, why, Standings.T0).progress().dueAt()).contains(soon);
  }

  @Test
  void anExpiredDomainStaysExpiredWhileAnotherCertificateIsOrdered() {
    var now = Standings.T0.plus(Duration.ofDays(91));
    var standing = Standings.served().standing();
    var after = standing.after(RULE.ordering(standing, now));
    assertThat(StatusRule.of(Wanted.SERVING, true, true, 1, after.conditions()))
        .isEqualTo(DomainStatus.EXPIRED);
  }

  @ParameterizedTest
  @CsvSource({
    "CA_CAA_FORBIDS, caa, CUSTOMER, CHANGE_RECORD, CAA records",
    "CA_SAW_DNS_FAILURE, dns, CUSTOMER, CONTACT, DNS provider",
    "CA_VALIDATION_FAILED, connection, CUSTOMER, CONTACT, port 80",
    "CA_VALIDATION_FAILED, unauthorized, CUSTOMER, CONTACT, acme-challenge"
  })
  void whatTheCaObjectsToHasItsFix(
      Reason reason, String problem, Actor who, Fix.Action action, String words) {
    var standing = Standings.added().holding().with(ConditionsOf.verified()).standing();
    var why = new NotNow(reason, "no", ACME + problem, Standings.T0.plusSeconds(60));
    var found = condition(RULE.postponed(standing, why, Standings.T0).conditions());
    assertThat(found.who()).isEqualTo(who);
    assertThat(found.fix().orElseThrow().action()).isEqualTo(action);
    assertThat(found.fix().orElseThrow().text()).contains(words).contains("shop.acme.com");
  }

  @Test
  void aPauseAfterARestoreIsWaitedForAndIsTheOperatorsToEnd() {
    var why =
        new NotNow(
            Reason.ORDERS_PAUSED,
            "Waits for edge-1.",
            "",
            Standings.T0.plus(Duration.ofMinutes(1)));
    var fresh = Standings.added().holding().with(ConditionsOf.verified()).standing();
    var found = condition(RULE.postponed(fresh, why, Standings.T0).conditions());
    assertThat(found.state()).isEqualTo(ConditionState.WAITING);
    assertThat(found.reason()).isEqualTo(Reason.ORDERS_PAUSED);
    assertThat(found.who()).isEqualTo(Actor.OPERATOR);
    assertThat(found.message()).contains("edge-1");
    assertThat(found.fix().orElseThrow().text()).contains("clusters resume-orders");

    var now = Standings.T0.plus(Duration.ofDays(61));
    var served = condition(RULE.postponed(Standings.served().standing(), why, now).conditions());
    assertThat(served.state()).as("it is served with what it has").isEqualTo(ConditionState.OK);
    assertThat(served.who()).isEqualTo(Actor.OPERATOR);
  }

  private static Condition condition(List<Condition> conditions) {
    assertThat(conditions).hasSize(1);
    return conditions.getFirst();
  }

  private static NotNow limited(Instant now) {
    return new NotNow(
        Reason.CA_RATE_LIMITED,
        "too many orders",
        ACME + "rateLimited",
        now.plus(Duration.ofHours(20)));
  }
}
