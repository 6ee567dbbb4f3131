package io.nameplate.dns;

import static io.nameplate.dns.Seen.TARGET;
import static io.nameplate.dns.Seen.alias;
import static io.nameplate.dns.Seen.apex;
import static io.nameplate.dns.Seen.failed;
import static io.nameplate.dns.Seen.noRecords;
import static io.nameplate.dns.Seen.noSuchName;
import static io.nameplate.dns.Seen.records;
import static io.nameplate.dns.Seen.subDomain;
import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.dns.DnsObservation.End;
import io.nameplate.domains.Actor;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Fix;
import io.nameplate.domains.Reason;
import io.nameplate.reach.DialResult;
import io.nameplate.reach.Dialled;
import io.nameplate.reach.ReachObservation;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingJudgementTest {
  @Test
  void aNameThatIsAnAliasOfTheClaimsTargetPointsHere() {
    var seen =
        Seen.of("shop.acme.com").both("shop.acme.com", alias(TARGET)).at(TARGET, "198.18.1.1");
    assertOk(subDomain(), seen, Reason.POINTS_HERE);
  }

  @Test
  void soDoesOneThatGetsThereInTwoSteps() {
    var seen =
        Seen.of("shop.acme.com")
            .both("shop.acme.com", alias("www.acme.com"))
            .both("www.acme.com", alias(TARGET))
            .at(TARGET, "198.18.1.1", "198.18.1.2");
    assertOk(subDomain(), seen, Reason.POINTS_HERE);
  }

  @Test
  void soDoesAnApexWithTheClustersAddresses() {
    var seen = Seen.of("acme.com").at("acme.com", "198.18.1.1", "2001:db8:1::1");
    assertOk(apex(), seen, Reason.POINTS_HERE);
  }

  @Test
  void serversThatGiveDifferentAddressesOfTheClusterDoNotDisagree() {
    var seen =
        Seen.of("acme.com")
            .hop(
                "acme.com",
                List.of(records("198.18.1.1"), records("198.18.1.2")),
                List.of(noRecords(), noRecords()));
    assertOk(apex(), seen, Reason.POINTS_HERE);
  }

  @Test
  void aSilentServerBesideOneThatSaysSoIsNoVeto() {
    var silent = failed(Reply.Failure.SILENT);
    var seen =
        Seen.of("acme.com")
            .hop("acme.com", List.of(records("198.18.1.1"), silent), List.of(noRecords(), silent));
    var finding = assertOk(apex(), seen, Reason.POINTS_HERE);
    assertThat(finding.evidence()).anyMatch(evidence -> evidence.answer().equals("SILENT"));
  }

  @Test
  void aNameThatIsNotThereIsToldApartFromOneWithoutAddresses() {
    var missing = assertFailing(subDomain(), Seen.of("shop.acme.com"), Reason.NO_SUCH_NAME);
    assertFix(missing, Fix.Action.SET_RECORD, "CNAME", "shop.acme.com", TARGET);
    var empty =
        assertFailing(
            subDomain(),
            Seen.of("shop.acme.com").both("shop.acme.com", noRecords()),
            Reason.NO_RECORDS);
    assertFix(empty, Fix.Action.SET_RECORD, "CNAME", "shop.acme.com", TARGET);
  }

  @Test
  void anAliasOfANameThatIsNotThereSaysWhich() {
    var seen =
        Seen.of("shop.acme.com")
            .both("shop.acme.com", alias("gone.example.net"))
            .both("gone.example.net", noSuchName());
    var finding = assertFailing(subDomain(), seen, Reason.NO_SUCH_NAME);
    assertThat(finding.message()).contains("gone.example.net");
    assertFix(finding, Fix.Action.CHANGE_RECORD, "CNAME", "shop.acme.com", TARGET);
  }

  @Test
  void aNameThatLeadsElsewhereSaysWhere() {
    var seen = Seen.of("acme.com").at("acme.com", "192.0.2.7", "2001:db8::7");
    var finding = assertFailing(apex(), seen, Reason.POINTS_ELSEWHERE);
    assertThat(finding.message()).contains("192.0.2.7").contains("2001:db8::7");
    assertFix(finding, Fix.Action.CHANGE_RECORD, "A", "acme.com", "198.18.1.1");
    assertThat(finding.fix().orElseThrow().text())
        .isEqualTo(
            "Change the records at acme.com into A 198.18.1.1 and A 198.18.1.2 and AAAA"
                + " 2001:db8:1::1.");
  }

  @Test
  void aWrongAddressBesideARightOneIsTheOneToRemove() {
    var seen = Seen.of("acme.com").at("acme.com", "198.18.1.1", "192.0.2.7");
    var finding = assertFailing(apex(), seen, Reason.MIXED_RECORDS);
    assertFix(finding, Fix.Action.REMOVE_RECORD, "A", "acme.com", "192.0.2.7");
  }

  @Test
  void anIpv6AddressLeftOverIsToldByItsOwnReason() {
    var seen = Seen.of("acme.com").at("acme.com", "198.18.1.1", "2001:db8::7");
    var finding = assertFailing(apex(), seen, Reason.STRAY_AAAA);
    assertFix(finding, Fix.Action.REMOVE_RECORD, "AAAA", "acme.com", "2001:db8::7");
  }

  @Test
  void aLoopShowsItsWay() {
    var seen =
        Seen.of("shop.acme.com")
            .both("shop.acme.com", alias("www.acme.com"))
            .both("www.acme.com", alias("shop.acme.com"))
            .ends(End.LOOP)
            .resolver(new ResolverView.Bogus("192.0.2.53", "confused by the loop"));
    var finding = assertFailing(subDomain(), seen, Reason.CNAME_LOOP);
    assertThat(finding.message()).contains("shop.acme.com → www.acme.com");
  }

  @Test
  void aChainThatIsTooLongIsToldByItsOwnReason() {
    var seen =
        Seen.of("shop.acme.com").both("shop.acme.com", alias("www.acme.com")).ends(End.TOO_LONG);
    assertFailing(subDomain(), seen, Reason.CNAME_CHAIN_TOO_LONG);
  }

  @Test
  void serversThatDisagreeAreNoAnswer() {
    var seen =
        Seen.of("acme.com")
            .hop(
                "acme.com",
                List.of(records("198.18.1.1"), records("192.0.2.7")),
                List.of(noRecords(), noRecords()));
    assertUnknown(apex(), seen, Reason.SERVERS_DISAGREE, Actor.CUSTOMER);
  }

  @Test
  void serversThatDisagreeAboutAnAliasAreNoAnswerEither() {
    var seen =
        Seen.of("shop.acme.com")
            .hop(
                "shop.acme.com",
                List.of(alias(TARGET), noSuchName()),
                List.of(alias(TARGET), noSuchName()))
            .ends(End.UNCLEAR);
    assertUnknown(subDomain(), seen, Reason.SERVERS_DISAGREE, Actor.CUSTOMER);
  }

  @ParameterizedTest
  @CsvSource({
    "SERVFAIL, SERVFAIL",
    "LAME, LAME_DELEGATION",
    "NO_ADDRESS, LAME_DELEGATION",
    "GARBLED, LAME_DELEGATION",
    "SILENT, SERVERS_SILENT",
    "NOT_ASKED, SERVERS_SILENT",
    "ADDRESS_REFUSED, NAME_SERVER_ADDRESS_REFUSED",
  })
  void serversThatSayNothingAreNoAnswerAndTellWhy(Reply.Failure failure, Reason reason) {
    var seen = Seen.of("shop.acme.com").both("shop.acme.com", failed(failure)).ends(End.UNCLEAR);
    assertUnknown(subDomain(), seen, reason, Actor.CUSTOMER);
  }

  @Test
  void silenceAboutIpv6AloneIsNoAnswer() {
    var servfail = failed(Reply.Failure.SERVFAIL);
    var seen =
        Seen.of("acme.com")
            .hop(
                "acme.com",
                List.of(records("198.18.1.1"), records("198.18.1.1")),
                List.of(servfail, servfail))
            .ends(End.UNCLEAR);
    assertUnknown(apex(), seen, Reason.SERVFAIL, Actor.CUSTOMER);
  }

  @Test
  void brokenSignaturesBlockWhatIsRightOtherwise() {
    var seen =
        pointsHere().resolver(new ResolverView.Bogus("192.0.2.53", "SERVFAIL (signature expired)"));
    var diagnosis = DnsJudgement.judge(apex(), seen.done());
    assertThat(diagnosis.dns().state()).isEqualTo(ConditionState.FAILING);
    assertThat(diagnosis.dns().reason()).isEqualTo(Reason.DNSSEC_BOGUS);
    assertThat(diagnosis.dns().message()).contains("signature expired");
    assertThat(diagnosis.direction()).isEqualTo(Direction.HERE);
  }

  @Test
  void everyBlockerIsTold() {
    var seen =
        Seen.of("acme.com")
            .at("acme.com", "192.0.2.7")
            .resolver(new ResolverView.Bogus("192.0.2.53", "SERVFAIL"));
    var finding = assertFailing(apex(), seen, Reason.POINTS_ELSEWHERE);
    assertThat(finding.message()).contains("DNSSEC");
  }

  @Test
  void aResolverWithOlderRecordsIsWaitedFor() {
    var old = Set.of(InetAddress.ofLiteral("192.0.2.7"));
    var seen = pointsHere().resolver(new ResolverView.Sees("192.0.2.53", old));
    var finding = assertUnknownHere(apex(), seen, Reason.RESOLVER_DISAGREES, Actor.NOBODY);
    assertThat(finding.fix().orElseThrow().action()).isEqualTo(Fix.Action.WAIT);
    assertUnknownHere(
        apex(),
        pointsHere().resolver(new ResolverView.SeesNothing("192.0.2.53", true)),
        Reason.RESOLVER_DISAGREES,
        Actor.NOBODY);
  }

  @Test
  void oneResolverThatAgreesIsEnoughBesideOneThatIsSilent() {
    var seen =
        pointsHere()
            .resolver(new ResolverView.Silent("192.0.2.53"))
            .resolver(new ResolverView.Sees("192.0.2.54", Set.of(Seen.EDGE_2)));
    assertOk(apex(), seen, Reason.POINTS_HERE);
  }

  @Test
  void withoutAnyResolversWordItIsNotClear() {
    assertUnknownHere(
        apex(),
        pointsHere().resolver(new ResolverView.Silent("192.0.2.53")),
        Reason.RESOLVER_SILENT,
        Actor.OPERATOR);
    assertUnknownHere(
        apex(),
        pointsHere().resolver(new ResolverView.Fails("192.0.2.53", "SERVFAIL")),
        Reason.RESOLVER_FAILS,
        Actor.CUSTOMER);
  }

  @Test
  void otherServersAtTheParentAreAWarningWhileAllAnswerAlike() {
    var seen =
        pointsHere().delegation(Set.of("ns1.acme.com", "ns2.acme.com"), Set.of("ns1.acme.com"));
    var finding = assertOk(apex(), seen, Reason.PARENT_MISMATCH);
    assertThat(finding.message()).contains("points here").contains("ns2.acme.com");
    assertThat(finding.who()).isEqualTo(Actor.CUSTOMER);
  }

  @Test
  void andTheReasonWhenTheyDoNot() {
    var seen =
        Seen.of("acme.com")
            .hop(
                "acme.com",
                List.of(records("198.18.1.1"), records("192.0.2.7")),
                List.of(noRecords(), noRecords()))
            .delegation(Set.of("ns1.acme.com"), Set.of("ns2.acme.com"));
    assertUnknown(apex(), seen, Reason.PARENT_MISMATCH, Actor.CUSTOMER);
  }

  @Test
  void otherServersAtTheParentAreToldBesideWhatElseIsWrong() {
    var seen =
        Seen.of("acme.com")
            .at("acme.com", "192.0.2.7")
            .delegation(Set.of("ns1.acme.com"), Set.of("ns2.acme.com"));
    var finding = DnsJudgement.judge(apex(), seen.done()).dns();
    assertThat(finding.reason()).isEqualTo(Reason.POINTS_ELSEWHERE);
    assertThat(finding.message()).contains("192.0.2.7").contains("ns2.acme.com");
  }

  @Test
  void aProxyThatPassesRequestsOnIsNotElsewhere() {
    var seen = Seen.of("acme.com").at("acme.com", "192.0.2.7").done();
    var diagnosis =
        DnsJudgement.judge(apex(), seen, dialled("192.0.2.7", new DialResult.Ours("nod_1")));
    assertThat(diagnosis.dns().state()).isEqualTo(ConditionState.OK);
    assertThat(diagnosis.dns().reason()).isEqualTo(Reason.PROXIED);
    assertThat(diagnosis.direction()).isEqualTo(Direction.HERE);
  }

  @Test
  void aProxyThatDoesNotIs() {
    var seen = Seen.of("acme.com").at("acme.com", "192.0.2.7").done();
    var diagnosis =
        DnsJudgement.judge(
            apex(), seen, dialled("192.0.2.7", new DialResult.SomebodyElse("status 200")));
    assertThat(diagnosis.dns().reason()).isEqualTo(Reason.POINTS_ELSEWHERE);
  }

  @Test
  void tellsWhichWantedRecordsWereSeen() {
    var sub =
        Seen.of("shop.acme.com")
            .both("shop.acme.com", alias(TARGET))
            .at(TARGET, "198.18.1.1")
            .token(records(Seen.TOKEN));
    assertThat(DnsJudgement.judge(subDomain(), sub.done()).seen()).containsExactly("CNAME", "TXT");
    var bare = Seen.of("acme.com").at("acme.com", "198.18.1.1", "192.0.2.7", "2001:db8:1::1");
    assertThat(DnsJudgement.judge(apex(), bare.done()).seen())
        .containsExactly("A 198.18.1.1", "AAAA 2001:db8:1::1");
  }

  private static Seen pointsHere() {
    return Seen.of("acme.com").at("acme.com", "198.18.1.1");
  }

  private static ReachObservation dialled(String address, DialResult result) {
    return new ReachObservation(
        Seen.T0, List.of(new Dialled(InetAddress.ofLiteral(address), result)), List.of());
  }

  private static Finding assertOk(DnsExpectation expected, Seen seen, Reason reason) {
    return assertJudged(expected, seen, ConditionState.OK, reason, Direction.HERE);
  }

  private static Finding assertFailing(DnsExpectation expected, Seen seen, Reason reason) {
    var finding = assertJudged(expected, seen, ConditionState.FAILING, reason, Direction.ELSEWHERE);
    assertThat(finding.who()).isEqualTo(Actor.CUSTOMER);
    assertThat(finding.fix()).isPresent();
    assertThat(finding.evidence()).isNotEmpty();
    return finding;
  }

  private static Finding assertUnknown(
      DnsExpectation expected, Seen seen, Reason reason, Actor who) {
    var finding = assertJudged(expected, seen, ConditionState.UNKNOWN, reason, Direction.NOT_CLEAR);
    assertThat(finding.who()).isEqualTo(who);
    assertThat(finding.fix()).isPresent();
    return finding;
  }

  private static Finding assertUnknownHere(
      DnsExpectation expected, Seen seen, Reason reason, Actor who) {
    var finding = assertJudged(expected, seen, ConditionState.UNKNOWN, reason, Direction.HERE);
    assertThat(finding.who()).isEqualTo(who);
    return finding;
  }

  private static Finding assertJudged(
      DnsExpectation expected,
      Seen seen,
      ConditionState state,
      Reason reason,
      Direction direction) {
    var diagnosis = DnsJudgement.judge(expected, seen.done());
    assertThat(diagnosis.dns().reason()).isEqualTo(reason);
    assertThat(diagnosis.dns().state()).isEqualTo(state);
    assertThat(diagnosis.direction()).isEqualTo(direction);
    return diagnosis.dns();
  }

  private static void assertFix(
      Finding finding, Fix.Action action, String type, String name, String value) {
    var fix = finding.fix().orElseThrow();
    assertThat(List.of(fix.action(), fix.recordType(), fix.fqdn(), fix.value()))
        .isEqualTo(List.of(action, type, name, value));
  }
}
