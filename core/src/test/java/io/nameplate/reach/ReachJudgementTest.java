package io.nameplate.reach;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.domains.Actor;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Fix;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Reason;
import io.nameplate.edge.ReachMac;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReachJudgementTest {
  private static final Instant T0 = Instant.parse("2027-01-01T00:00:00Z");
  private static final String EDGE_1 = "198.18.1.1";
  private static final String EDGE_2 = "198.18.1.2";
  private static final String FOREIGN = "192.0.2.7";
  private static final String FOREIGN_V6 = "2001:db8::7";
  private static final DialResult OURS = new DialResult.Ours("nod_1");
  private static final DialResult SILENT = new DialResult.Unreachable("no answer within 3 s");
  private static final DialResult OTHER = new DialResult.SomebodyElse("status 200 from nginx");

  private static final ReachQuestion QUESTION =
      new ReachQuestion(
          new Hostname("shop.acme.com"),
          Set.of(),
          Set.of(InetAddress.ofLiteral(EDGE_1), InetAddress.ofLiteral(EDGE_2)),
          80,
          new Hostname("canary.edge.nameplate.example"),
          ReachMac.ofClusterKey(new byte[32]));

  @Test
  void isReachedWhenEveryAddressLeadsHere() {
    assertJudged(
        seen(dialled(EDGE_1, OURS), dialled(EDGE_2, OURS)), ConditionState.OK, Reason.REACHED);
  }

  @Test
  void isReachedThroughAProxyWhenAForeignAddressLeadsHere() {
    var finding =
        assertJudged(seen(dialled(FOREIGN, OURS)), ConditionState.OK, Reason.REACHED_THROUGH_PROXY);
    assertThat(finding.message()).contains(FOREIGN);
  }

  @Test
  void isNotReachedWhenSomebodyElseAnswersAtOneAddress() {
    var finding =
        assertJudged(
            seen(dialled(EDGE_1, OURS), dialled(FOREIGN_V6, OTHER)),
            ConditionState.FAILING,
            Reason.REACHED_SOMEBODY_ELSE);
    var fix = finding.fix().orElseThrow();
    assertThat(fix.action()).isEqualTo(Fix.Action.REMOVE_RECORD);
    assertThat(fix.recordType()).isEqualTo("AAAA");
    assertThat(fix.value()).isEqualTo(FOREIGN_V6);
    assertThat(finding.who()).isEqualTo(Actor.CUSTOMER);
  }

  @Test
  void aStrangerAtOurOwnAddressIsTheOperatorsMatter() {
    var finding =
        assertJudged(
            seen(dialled(EDGE_1, OTHER)), ConditionState.FAILING, Reason.REACHED_SOMEBODY_ELSE);
    assertThat(finding.who()).isEqualTo(Actor.OPERATOR);
  }

  @Test
  void aRedirectToHttpsByAProxyHasItsOwnReason() {
    assertJudged(
        seen(dialled(FOREIGN, new DialResult.Redirected(301, "https://shop.acme.com/"))),
        ConditionState.FAILING,
        Reason.REDIRECTED_BY_PROXY);
  }

  @Test
  void aForeignAddressThatIsSilentBlocks() {
    var seen =
        seen(List.of(dialled(EDGE_1, OURS), dialled(FOREIGN, SILENT)), dialled(EDGE_1, OURS));
    assertJudged(seen, ConditionState.FAILING, Reason.UNREACHABLE);
  }

  @Test
  void aForeignIpv6AddressBlocksEvenWhereThisVantageHasNoIpv6() {
    assertJudged(
        seen(dialled(EDGE_1, OURS), dialled(FOREIGN_V6, new DialResult.NoRoute())),
        ConditionState.FAILING,
        Reason.UNREACHABLE);
  }

  @Test
  void anAddressThatMustNotBeDialledBlocks() {
    assertJudged(
        seen(dialled("10.0.0.1", new DialResult.NotDialled("it is a private network"))),
        ConditionState.FAILING,
        Reason.UNREACHABLE);
  }

  @Test
  void aDeadNodeOfOurOwnDoesNotBlockWhileAnotherIsReached() {
    var seen =
        seen(
            List.of(dialled(EDGE_1, OURS), dialled(EDGE_2, SILENT)),
            dialled(EDGE_1, OURS),
            dialled(EDGE_2, SILENT));
    assertJudged(seen, ConditionState.OK, Reason.REACHED);
  }

  @Test
  void aVantageThatCannotReachItsOwnCanaryCannotTell() {
    var own =
        seen(List.of(dialled(EDGE_1, SILENT)), dialled(EDGE_1, SILENT), dialled(EDGE_2, SILENT));
    assertThat(assertJudged(own, ConditionState.UNKNOWN, Reason.VANTAGE_BLIND).who())
        .isEqualTo(Actor.OPERATOR);
    var foreign = seen(List.of(dialled(FOREIGN, SILENT)), dialled(EDGE_1, SILENT));
    assertJudged(foreign, ConditionState.UNKNOWN, Reason.VANTAGE_BLIND);
  }

  @Test
  void withoutAnAddressItWaits() {
    assertJudged(seen(), ConditionState.WAITING, Reason.WAITS_FOR_DNS);
  }

  private static ReachObservation seen(Dialled... dialled) {
    return new ReachObservation(T0, List.of(dialled), List.of());
  }

  private static ReachObservation seen(List<Dialled> dialled, Dialled... canary) {
    return new ReachObservation(T0, dialled, List.of(canary));
  }

  private static Dialled dialled(String address, DialResult result) {
    return new Dialled(InetAddress.ofLiteral(address), result);
  }

  private static Finding assertJudged(ReachObservation seen, ConditionState state, Reason reason) {
    var finding = ReachJudgement.judge(QUESTION, seen);
    assertThat(finding.reason()).isEqualTo(reason);
    assertThat(finding.state()).isEqualTo(state);
    assertThat(finding.evidence()).hasSize(seen.dialled().size() + seen.canary().size());
    return finding;
  }
}
