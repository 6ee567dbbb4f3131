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
            "removed", Standings.served().wanting(Wanted.REMOVED), Duration.ZERO, NextStep.FORGET));
  }

  @ParameterizedTest(name = "{0}: {3}")
  @MethodSource("cases")
  void bringsADomainNearerToWhatIsWanted(
      String what, Standings standings, Duration age, NextStep step) {
    assertThat(NextStep.of(standings.standing(), Standings.T0.plus(age))).isEqualTo(step);
  }
}
