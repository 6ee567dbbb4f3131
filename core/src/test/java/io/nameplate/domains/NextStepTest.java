package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.nameplate.edge.EntryState;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NextStepTest {
  private static final Duration DAY_61 = Duration.ofDays(61);
  private static final Duration DAY_91 = Duration.ofDays(91);

  static Stream<Arguments> cases() {
    var verified = Standings.added().holding().with(ConditionsOf.verified());
    return Stream.of(
        arguments("just added", Standings.added(), Duration.ZERO, NextStep.REST),
        arguments(
            "verified, but another team holds the name",
            verified.heldElsewhere(),
            Duration.ZERO,
            NextStep.REST),
        arguments("verified and the holder", verified, Duration.ZERO, NextStep.ISSUE),
        arguments(
            "CAA forbids it",
            verified.with(ConditionsOf.verified().failing(ConditionType.CAA, Reason.CAA_FORBIDS)),
            Duration.ZERO,
            NextStep.REST),
        arguments(
            "a certificate is there and no node was told",
            verified.certifiedFor(Duration.ofDays(90)),
            Duration.ZERO,
            NextStep.SERVE),
        arguments(
            "nodes were told and showed nothing yet",
            verified.certifiedFor(Duration.ofDays(90)).told(EntryState.SERVING),
            Duration.ZERO,
            NextStep.SERVE),
        arguments("served", Standings.served(), Duration.ZERO, NextStep.REST),
        arguments(
            "served, and a node shows another certificate: the monitor looks, no run helps",
            Standings.served()
                .with(
                    ConditionsOf.proved()
                        .failing(ConditionType.SERVING, Reason.NODE_SERVES_ANOTHER_CERTIFICATE)),
            Duration.ZERO,
            NextStep.REST),
        arguments(
            "two thirds of the certificate's life are over",
            Standings.served(),
            DAY_61,
            NextStep.RENEW),
        arguments(
            "renewal is due and the name moved away",
            Standings.served()
                .with(ConditionsOf.proved().failing(ConditionType.DNS, Reason.MOVED_AWAY)),
            DAY_61,
            NextStep.REST),
        arguments(
            "renewal is due and the proof was lost while the name leads here",
            Standings.served()
                .with(ConditionsOf.proved().failing(ConditionType.OWNERSHIP, Reason.PROOF_LOST)),
            DAY_61,
            NextStep.RENEW),
        arguments("the certificate ran out", Standings.served(), DAY_91, NextStep.ISSUE),
        arguments(
            "nodes still know the neutral page only",
            Standings.served().told(EntryState.SUSPENDED),
            Duration.ZERO,
            NextStep.SERVE),
        arguments(
            "an older certificate was kept for a node that is well again",
            Standings.served().withOlderCertificate(),
            Duration.ZERO,
            NextStep.SERVE),
        arguments(
            "an older certificate is kept while a node refuses the new one",
            Standings.served()
                .withOlderCertificate()
                .with(
                    ConditionsOf.proved()
                        .failing(ConditionType.DEPLOYED, Reason.NODE_REFUSES_ENTRY)),
            Duration.ZERO,
            NextStep.REST),
        arguments(
            "an older certificate is kept while a node is in doubt",
            Standings.served()
                .withOlderCertificate()
                .with(
                    ConditionsOf.proved().unknown(ConditionType.SERVING, Reason.NODE_UNREACHABLE)),
            Duration.ZERO,
            NextStep.REST),
        arguments(
            "a renewal failed and the CA may not be asked yet",
            Standings.served()
                .with(
                    ConditionsOf.proved()
                        .ok(ConditionType.CERTIFICATE, Reason.CERTIFICATE_RENEWING)
                        .again(
                            ConditionType.CERTIFICATE, Standings.T0.plus(DAY_61).plusSeconds(60))),
            DAY_61,
            NextStep.REST),
        arguments(
            "a renewal failed and the CA may be asked again",
            Standings.served()
                .with(
                    ConditionsOf.proved()
                        .ok(ConditionType.CERTIFICATE, Reason.CERTIFICATE_RENEWING)
                        .again(ConditionType.CERTIFICATE, Standings.T0.plus(DAY_61))),
            DAY_61,
            NextStep.RENEW),
        arguments(
            "the vantage is blind: one order is allowed",
            verified.with(
                ConditionsOf.verified().unknown(ConditionType.REACH, Reason.VANTAGE_BLIND)),
            Duration.ZERO,
            NextStep.ISSUE),
        arguments(
            "the vantage is blind and the order's validation failed",
            verified.with(
                ConditionsOf.verified()
                    .unknown(ConditionType.REACH, Reason.VANTAGE_BLIND)
                    .failing(ConditionType.CERTIFICATE, Reason.CA_VALIDATION_FAILED)),
            Duration.ofHours(23),
            NextStep.REST),
        arguments(
            "the same a day later",
            verified.with(
                ConditionsOf.verified()
                    .unknown(ConditionType.REACH, Reason.VANTAGE_BLIND)
                    .failing(ConditionType.CERTIFICATE, Reason.CA_VALIDATION_FAILED)),
            Duration.ofHours(25),
            NextStep.ISSUE),
        arguments(
            "suspended and nodes still serve",
            Standings.served().wanting(Wanted.SUSPENDED),
            Duration.ZERO,
            NextStep.SUSPEND),
        arguments(
            "suspended and nodes know",
            Standings.served().wanting(Wanted.SUSPENDED).told(EntryState.SUSPENDED),
            Duration.ZERO,
            NextStep.REST),
        arguments(
            "suspended and a node is dead: it is watched, no run helps",
            Standings.served()
                .wanting(Wanted.SUSPENDED)
                .told(EntryState.SUSPENDED)
                .with(ConditionsOf.proved().failing(ConditionType.DEPLOYED, Reason.NODE_SILENT)),
            Duration.ZERO,
            NextStep.REST),
        arguments(
            "suspended, and nobody has proved that the name is theirs",
            Standings.added().wanting(Wanted.SUSPENDED),
            Duration.ZERO,
            NextStep.REST),
        arguments(
            "suspended, and another team holds the name",
            Standings.served().wanting(Wanted.SUSPENDED).heldElsewhere(),
            Duration.ZERO,
            NextStep.REST),
        arguments(
            "removed", Standings.served().wanting(Wanted.REMOVED), Duration.ZERO, NextStep.FORGET));
  }

  @ParameterizedTest(name = "{0}: {3}")
  @MethodSource("cases")
  void bringsADomainNearerToWhatIsWanted(
      String what, Standings standings, Duration age, NextStep step) {
    assertThat(NextStep.of(standings.standing(), Standings.T0.plus(age))).isEqualTo(step);
  }
}
