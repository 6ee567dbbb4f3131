package io.nameplate.dns;

import static io.nameplate.dns.Seen.TARGET;
import static io.nameplate.dns.Seen.TOKEN;
import static io.nameplate.dns.Seen.alias;
import static io.nameplate.dns.Seen.apex;
import static io.nameplate.dns.Seen.failed;
import static io.nameplate.dns.Seen.noSuchName;
import static io.nameplate.dns.Seen.records;
import static io.nameplate.dns.Seen.subDomain;
import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.dns.DnsObservation.End;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.Reason;
import org.junit.jupiter.api.Test;

class OwnershipJudgementTest {
  private static final Reply SILENT = failed(Reply.Failure.SILENT);

  @Test
  void theClaimsOwnTargetProves() {
    var seen =
        Seen.of("shop.acme.com").both("shop.acme.com", alias(TARGET)).at(TARGET, "198.18.1.1");
    assertProof(subDomain(), seen, ProofSeen.CNAME, Reason.PROVED_BY_CNAME);
  }

  @Test
  void anotherClaimsTargetDoesNot() {
    var other = "a1b2.edge.nameplate.example";
    var seen = Seen.of("shop.acme.com").both("shop.acme.com", alias(other)).at(other, "198.18.1.1");
    assertProof(subDomain(), seen, ProofSeen.NONE, Reason.PROOF_MISSING);
  }

  @Test
  void theTokenProvesBesideOtherValues() {
    var seen =
        Seen.of("acme.com")
            .token(records("something else", TOKEN), records(TOKEN))
            .at("acme.com", "192.0.2.7");
    assertProof(apex(), seen, ProofSeen.TXT, Reason.PROVED_BY_TXT);
  }

  @Test
  void aTokenThatOneServerDoesNotKnowYetIsNotClear() {
    assertUnclear(
        Seen.of("acme.com").token(records(TOKEN), noSuchName()).at("acme.com", "192.0.2.7"));
  }

  @Test
  void aTokenBesideASilentServerProves() {
    var seen = Seen.of("acme.com").token(records(TOKEN), SILENT).at("acme.com", "192.0.2.7");
    assertProof(apex(), seen, ProofSeen.TXT, Reason.PROVED_BY_TXT);
  }

  @Test
  void anotherClaimsTokenDoesNotProveAndIsShown() {
    var seen = Seen.of("acme.com").token(records("np-proof=beef"), records("np-proof=beef"));
    var finding = assertProof(apex(), seen, ProofSeen.NONE, Reason.PROOF_MISSING).ownership();
    assertThat(finding.message()).contains("another token").contains("np-proof=beef");
    assertThat(finding.fix().orElseThrow().value()).isEqualTo(TOKEN);
  }

  @Test
  void partOfATokenDoesNotProve() {
    var seen = Seen.of("acme.com").token(records(TOKEN + "0"), records("x " + TOKEN));
    assertProof(apex(), seen, ProofSeen.NONE, Reason.PROOF_MISSING);
  }

  @Test
  void anAliasAtTheTokensNameIsNotFollowedAndSaidSo() {
    var seen =
        Seen.of("acme.com").token(alias("txt.provider.example"), alias("txt.provider.example"));
    var finding = assertProof(apex(), seen, ProofSeen.NONE, Reason.PROOF_MISSING).ownership();
    assertThat(finding.message()).contains("aliases are not followed");
  }

  @Test
  void addressesProveOnlyWhereTheyMay() {
    var seen = Seen.of("acme.com").at("acme.com", "198.18.1.1", "198.18.1.2");
    assertProof(apex(), seen, ProofSeen.NONE, Reason.PROOF_MISSING);
    assertProof(
        Seen.expectation("acme.com", true, true),
        seen,
        ProofSeen.ADDRESS,
        Reason.PROVED_BY_ADDRESS);
  }

  @Test
  void someOfTheClustersAddressesBesideOthersDoNotProve() {
    var seen = Seen.of("acme.com").at("acme.com", "198.18.1.1", "192.0.2.7");
    assertProof(
        Seen.expectation("acme.com", true, true), seen, ProofSeen.NONE, Reason.PROOF_MISSING);
  }

  @Test
  void anApexIsToldToSetTheTokenAndASubDomainItsAlias() {
    assertThat(fixType(apex(), Seen.of("acme.com"))).isEqualTo("TXT");
    assertThat(fixType(subDomain(), Seen.of("shop.acme.com"))).isEqualTo("CNAME");
  }

  @Test
  void silenceProvesNothingAndTakesNothingAway() {
    assertUnclear(
        Seen.of("acme.com").token(SILENT, SILENT).both("acme.com", SILENT).ends(End.UNCLEAR));
  }

  private static DnsDiagnosis assertProof(
      DnsExpectation expected, Seen seen, ProofSeen proof, Reason reason) {
    var diagnosis = DnsJudgement.judge(expected, seen.done());
    assertThat(diagnosis.proof()).isEqualTo(proof);
    assertThat(diagnosis.ownership().reason()).isEqualTo(reason);
    assertThat(diagnosis.ownership().evidence()).isNotEmpty();
    return diagnosis;
  }

  private static void assertUnclear(Seen seen) {
    var diagnosis = assertProof(apex(), seen, ProofSeen.UNCLEAR, Reason.PROOF_NOT_CLEAR);
    assertThat(diagnosis.ownership().state()).isEqualTo(ConditionState.UNKNOWN);
  }

  private static String fixType(DnsExpectation expected, Seen seen) {
    var type =
        DnsJudgement.judge(expected, seen.done()).ownership().fix().orElseThrow().recordType();
    return type == null ? "none" : type;
  }
}
