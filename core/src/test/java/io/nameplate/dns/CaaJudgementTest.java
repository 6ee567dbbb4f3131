package io.nameplate.dns;

import static io.nameplate.dns.Seen.alias;
import static io.nameplate.dns.Seen.failed;
import static io.nameplate.dns.Seen.noRecords;
import static io.nameplate.dns.Seen.noSuchName;
import static io.nameplate.dns.Seen.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.domains.ConditionState;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Fix;
import io.nameplate.domains.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaaJudgementTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "0 issue \"ca.example\"                                              | CAA_ALLOWS",
        "0 ISSUE \"CA.example\"                                              | CAA_ALLOWS",
        "128 issue \"ca.example\"                                            | CAA_ALLOWS",
        "0 issue \" ca.example ; \"                                          | CAA_ALLOWS",
        "0 issue \"other.example\"                                           | CAA_FORBIDS",
        "0 issue \";\"                                                       | CAA_FORBIDS",
        "0 issue \"\"                                                        | CAA_FORBIDS",
        "0 issue \"ca.example.evil.example\"                                 | CAA_FORBIDS",
        "0 issuewild \"other.example\"                                       | CAA_ALLOWS",
        "0 issuewild \"ca.example\"                                          | CAA_ALLOWS",
        "0 iodef \"mailto:a@acme.com\"                                       | CAA_ALLOWS",
        "0 tbs \"unknown\"                                                   | CAA_ALLOWS",
        "128 tbs \"unknown\"                                                 | CAA_FORBIDS",
        "0 issue \"ca.example; accounturi=https://ca.example/acct/1\"        | CAA_ALLOWS",
        "0 issue \"ca.example; accounturi=https://ca.example/acct/2\"        | CAA_FORBIDS",
        "0 issue \"ca.example; validationmethods=http-01\"                   | CAA_ALLOWS",
        "0 issue \"ca.example; validationmethods=dns-01,http-01\"            | CAA_ALLOWS",
        "0 issue \"ca.example; validationmethods=dns-01\"                    | CAA_FORBIDS",
        "0 issue \"ca.example; what is this\"                                | CAA_FORBIDS",
        "0 issue \"ca.example; policy=ev\"                                   | CAA_ALLOWS",
      })
  void readsARecordAsACaDoes(String record, Reason reason) {
    var finding = judge(Seen.of("shop.acme.com").caa("shop.acme.com", records(record)));
    assertThat(finding.reason()).isEqualTo(reason);
    assertThat(finding.state())
        .isEqualTo(reason == Reason.CAA_FORBIDS ? ConditionState.FAILING : ConditionState.OK);
  }

  @Test
  void oneRecordThatAllowsIsEnough() {
    var both = records("0 issue \"other.example\"", "0 issue \"ca.example\"");
    assertReason(Seen.of("shop.acme.com").caa("shop.acme.com", both), Reason.CAA_ALLOWS);
  }

  @Test
  void onlyIssuewildBesideAForbiddingIssueCounts() {
    var both = records("0 issue \"other.example\"", "0 issuewild \"ca.example\"");
    assertReason(Seen.of("shop.acme.com").caa("shop.acme.com", both), Reason.CAA_FORBIDS);
  }

  @Test
  void theClosestNameWithRecordsDecides() {
    var seen =
        Seen.of("shop.acme.com")
            .caa("shop.acme.com", noSuchName())
            .caa("acme.com", records("0 issue \"other.example\""));
    var finding = assertReason(seen, Reason.CAA_FORBIDS);
    var fix = finding.fix().orElseThrow();
    assertThat(fix)
        .isEqualTo(
            new Fix(
                Fix.Action.SET_RECORD,
                "Add a CAA record at acme.com with the value 0 issue \"ca.example\".",
                "CAA",
                "acme.com",
                "0 issue \"ca.example\""));
  }

  @Test
  void anAliasesTargetCountsForTheName() {
    var seen =
        Seen.of("shop.acme.com")
            .caaThroughAlias(
                "shop.acme.com", "cdn.example.net", records("0 issue \"other.example\""));
    var finding = assertReason(seen, Reason.CAA_FORBIDS);
    assertThat(finding.message()).contains("cdn.example.net is where the aliases");
    assertThat(finding.fix().orElseThrow().fqdn()).isEqualTo("cdn.example.net");
  }

  @Test
  void withoutRecordsAnyoneMayIssue() {
    var seen =
        Seen.of("shop.acme.com")
            .caa("shop.acme.com", noSuchName())
            .caa("acme.com", noRecords())
            .caa("com", noRecords());
    assertReason(seen, Reason.CAA_ABSENT);
  }

  @ParameterizedTest
  @CsvSource({"SERVFAIL", "SILENT", "LAME"})
  void noAnswerIsNotPermission(Reply.Failure failure) {
    var seen = Seen.of("shop.acme.com").caa("shop.acme.com", failed(failure), failed(failure));
    assertThat(assertReason(seen, Reason.CAA_UNCLEAR).state()).isEqualTo(ConditionState.UNKNOWN);
  }

  @Test
  void oneServersPermissionBesideAnothersSilenceIsPermission() {
    var seen =
        Seen.of("shop.acme.com")
            .caa("shop.acme.com", records("0 issue \"ca.example\""), failed(Reply.Failure.SILENT));
    assertReason(seen, Reason.CAA_ALLOWS);
  }

  @Test
  void oneServersProhibitionIsEnough() {
    var seen =
        Seen.of("shop.acme.com")
            .caa("shop.acme.com", noRecords(), records("0 issue \"other.example\""));
    assertReason(seen, Reason.CAA_FORBIDS);
  }

  @Test
  void aChallengeLeftOverIsAWarning() {
    var seen =
        Seen.of("shop.acme.com").caa("com", noRecords()).challenge(alias("x.issuer.example"));
    var finding = assertReason(seen, Reason.STRAY_ACME_CHALLENGE);
    assertThat(finding.state()).isEqualTo(ConditionState.OK);
    var fix = finding.fix().orElseThrow();
    assertThat(fix.action()).isEqualTo(Fix.Action.REMOVE_RECORD);
    assertThat(fix.fqdn()).isEqualTo("_acme-challenge.shop.acme.com");
  }

  private static Finding assertReason(Seen seen, Reason reason) {
    var finding = judge(seen);
    assertThat(finding.reason()).isEqualTo(reason);
    return finding;
  }

  private static Finding judge(Seen seen) {
    return DnsJudgement.judge(Seen.subDomain(), seen.done()).caa();
  }
}
