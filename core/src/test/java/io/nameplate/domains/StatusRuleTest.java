package io.nameplate.domains;

import static io.nameplate.domains.ConditionType.CAA;
import static io.nameplate.domains.ConditionType.CERTIFICATE;
import static io.nameplate.domains.ConditionType.DEPLOYED;
import static io.nameplate.domains.ConditionType.DNS;
import static io.nameplate.domains.ConditionType.ORIGIN;
import static io.nameplate.domains.ConditionType.OWNERSHIP;
import static io.nameplate.domains.ConditionType.REACH;
import static io.nameplate.domains.ConditionType.SERVING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StatusRuleTest {

  static Stream<Arguments> newDomains() {
    return Stream.of(
        arguments("nothing was looked at", ConditionsOf.none(), DomainStatus.PENDING),
        arguments(
            "looking was given up",
            ConditionsOf.none().failing(DNS, Reason.GAVE_UP),
            DomainStatus.PENDING),
        arguments(
            "there are no records",
            ConditionsOf.none().failing(DNS, Reason.NO_SUCH_NAME),
            DomainStatus.VERIFYING),
        arguments(
            "a firewall is in the way",
            ConditionsOf.verified().failing(REACH, Reason.UNREACHABLE),
            DomainStatus.VERIFYING),
        arguments(
            "CAA forbids it",
            ConditionsOf.verified().failing(CAA, Reason.CAA_FORBIDS),
            DomainStatus.VERIFYING),
        arguments("all is verified", ConditionsOf.verified(), DomainStatus.ISSUING),
        arguments(
            "reach cannot be told from here",
            ConditionsOf.verified().unknown(REACH, Reason.VANTAGE_BLIND),
            DomainStatus.ISSUING),
        arguments(
            "the CA is down",
            ConditionsOf.verified().failing(CERTIFICATE, Reason.CA_UNAVAILABLE),
            DomainStatus.ISSUING),
        arguments(
            "the certificate is there",
            ConditionsOf.verified().ok(CERTIFICATE, Reason.CERTIFICATE_VALID),
            DomainStatus.DEPLOYING),
        arguments(
            "a node lags and nothing is proved",
            ConditionsOf.verified()
                .ok(CERTIFICATE, Reason.CERTIFICATE_VALID)
                .failing(DEPLOYED, Reason.NODE_BEHIND),
            DomainStatus.DEPLOYING),
        arguments("every node was proved", ConditionsOf.proved(), DomainStatus.ACTIVE));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("newDomains")
  void followsANewDomainStepByStep(String what, ConditionsOf conditions, DomainStatus status) {
    assertThat(StatusRule.of(Wanted.SERVING, true, false, 1, conditions.map())).isEqualTo(status);
  }

  static Stream<Arguments> servedDomains() {
    return Stream.of(
        arguments("all is well", ConditionsOf.proved(), DomainStatus.ACTIVE),
        arguments(
            "a renewed certificate is on its way",
            ConditionsOf.proved().waiting(DEPLOYED, Reason.WAITS_FOR_CERTIFICATE),
            DomainStatus.ACTIVE),
        arguments(
            "name servers are silent",
            ConditionsOf.proved().unknown(DNS, Reason.SERVERS_SILENT),
            DomainStatus.ACTIVE),
        arguments(
            "proof was lost while DNS points here",
            ConditionsOf.proved().failing(OWNERSHIP, Reason.PROOF_LOST),
            DomainStatus.ACTIVE),
        arguments(
            "CAA forbids the next order",
            ConditionsOf.proved().failing(CAA, Reason.CAA_FORBIDS),
            DomainStatus.ACTIVE),
        arguments(
            "a node is dead",
            ConditionsOf.proved().failing(DEPLOYED, Reason.NODE_SILENT),
            DomainStatus.DEGRADED),
        arguments(
            "a node serves another certificate",
            ConditionsOf.proved().failing(SERVING, Reason.NODE_SERVES_ANOTHER_CERTIFICATE),
            DomainStatus.DEGRADED),
        arguments(
            "the origin is down",
            ConditionsOf.proved().failing(ORIGIN, Reason.ORIGIN_UNREACHABLE),
            DomainStatus.DEGRADED),
        arguments(
            "renewal fails",
            ConditionsOf.proved().failing(CERTIFICATE, Reason.CA_UNAVAILABLE),
            DomainStatus.DEGRADED),
        arguments(
            "the certificate ran out",
            ConditionsOf.proved().failing(CERTIFICATE, Reason.CERTIFICATE_EXPIRED),
            DomainStatus.EXPIRED),
        arguments(
            "one address is stray",
            ConditionsOf.proved().failing(DNS, Reason.STRAY_AAAA),
            DomainStatus.DEGRADED),
        arguments(
            "DNS moved away",
            ConditionsOf.proved().failing(DNS, Reason.MOVED_AWAY),
            DomainStatus.MOVED),
        arguments(
            "DNS moved away and the certificate ran out since",
            ConditionsOf.proved()
                .failing(DNS, Reason.MOVED_AWAY)
                .failing(CERTIFICATE, Reason.CERTIFICATE_EXPIRED),
            DomainStatus.MOVED));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("servedDomains")
  void tellsWhatVisitorsOfAServedDomainWouldNotice(
      String what, ConditionsOf conditions, DomainStatus status) {
    assertThat(StatusRule.of(Wanted.SERVING, true, true, 1, conditions.map())).isEqualTo(status);
  }

  @Test
  void neverCallsADomainActiveThatDoesNotHoldItsName() {
    assertThat(StatusRule.of(Wanted.SERVING, false, true, 1, ConditionsOf.proved().map()))
        .isEqualTo(DomainStatus.VERIFYING);
  }

  @Test
  void putsWhatTheTeamWantsBeforeWhatIsKnown() {
    assertThat(StatusRule.of(Wanted.SUSPENDED, true, true, 1, ConditionsOf.proved().map()))
        .isEqualTo(DomainStatus.SUSPENDED);
    assertThat(StatusRule.of(Wanted.REMOVED, true, true, 1, ConditionsOf.proved().map()))
        .isEqualTo(DomainStatus.REMOVING);
  }
}
