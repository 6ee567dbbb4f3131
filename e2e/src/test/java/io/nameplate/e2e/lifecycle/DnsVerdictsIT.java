package io.nameplate.e2e.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.Condition;
import io.nameplate.sdk.ConditionState;
import io.nameplate.sdk.ConditionType;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainStatus;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every verdict about DNS, through the API, with the fix it shows.
final class DnsVerdictsIT {
  /// Generous: a look comes each second at first.
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Installation here = Installation.shared();

  /// What somebody does wrong in DNS; it is given a sub-domain.
  interface Mistake extends BiConsumer<Installation, Domain> {}

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake(
            "nothing is set",
            "dns",
            "no-records",
            (here, domain) -> here.sandbox().set(domain.hostname(), "TXT", "other things")),
        mistake(
            "the name does not exist",
            "dns",
            "no-such-name",
            (here, domain) -> here.sandbox().set("other." + parent(domain), "A", "192.0.2.1")),
        mistake(
            "it points elsewhere",
            "dns",
            "points-elsewhere",
            (here, domain) -> here.sandbox().set(domain.hostname(), "A", "192.0.2.7")),
        mistake(
            "a CNAME to somebody else",
            "dns",
            "points-elsewhere",
            (here, domain) -> {
              here.sandbox().set("target." + parent(domain), "A", "192.0.2.7");
              here.sandbox().set(domain.hostname(), "CNAME", "target." + parent(domain));
            }),
        mistake(
            "a CNAME loop",
            "dns",
            "cname-loop",
            (here, domain) -> {
              here.sandbox().set(domain.hostname(), "CNAME", "b." + parent(domain));
              here.sandbox().set("b." + parent(domain), "CNAME", domain.hostname());
            }),
        mistake(
            "right and wrong addresses mixed",
            "dns",
            "mixed-records",
            (here, domain) ->
                here.sandbox().set(domain.hostname(), "A", ourAddress(here), "192.0.2.7")),
        mistake(
            "a stray AAAA",
            "dns",
            "stray-aaaa",
            (here, domain) -> {
              here.sandbox().set(domain.hostname(), "A", ourAddress(here), otherAddress(here));
              here.sandbox().set(domain.hostname(), "AAAA", "2001:db8::7");
              setToken(here, domain);
            }),
        faulty("SERVFAIL", "dns", "servfail", "servfail"),
        faulty("silent servers", "dns", "servers-silent", "timeout"),
        faulty("lame servers", "dns", "lame-delegation", "lame"),
        faulty("refusing servers", "dns", "lame-delegation", "refused"),
        faulty("broken DNSSEC", "dns", "dnssec-bogus", "bogus"),
        mistake(
            "CAA names another CA",
            "caa",
            "caa-forbids",
            (here, domain) -> {
              here.sandbox().setRecordsOf(domain);
              here.sandbox().set(parent(domain), "CAA", "0 issue \"letsencrypt.org\"");
            }));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("mistakes")
  void isToldWithItsEvidenceAndItsFix(String what, String type, String reason, Mistake mistake) {
    var domain = add();
    mistake.accept(here, domain);

    var condition = awaitReason(domain, type, reason);

    assertThat(condition.state()).isNotEqualTo(ConditionState.OK);
    assertThat(condition.message()).isNotBlank();
    assertThat(condition.evidence()).isNotEmpty();
    assertThat(condition.fix()).isPresent();
    assertThat(here.nameplate().domains().get(domain.id()).certificate())
        .as("nothing that is known to fail is ordered")
        .isEmpty();
  }

  @Test
  void recordsThatComeAfterHalfAMinuteAreFoundWithoutACall() throws InterruptedException {
    var domain = add();
    Thread.sleep(Duration.ofSeconds(30)); // the scenario itself: a person who takes their time
    here.sandbox().setRecordsOf(domain);
    assertThat(here.nameplate().domains().waitUntilActive(domain.id(), SOON).isActive()).isTrue();
  }

  @Test
  void wrongRecordsFirstAndRightOnesLaterLeadToAnActiveDomain() {
    var domain = add();
    here.sandbox().set(domain.hostname(), "A", "192.0.2.7");
    awaitReason(domain, "dns", "points-elsewhere");
    here.sandbox().unset(domain.hostname());
    here.sandbox().setRecordsOf(domain);
    assertThat(here.nameplate().domains().waitUntilActive(domain.id(), SOON).isActive()).isTrue();
  }

  @Test
  void serversThatAnswerNowAndThenDoNotStopItForEver() {
    var domain = add();
    here.sandbox().fault(parent(domain), "flap");
    here.sandbox().setRecordsOf(domain);
    here.nameplate().domains().waitUntilActive(domain.id(), Duration.ofMinutes(2));
    assertThat(here.nameplate().domains().get(domain.id()).status())
        .isIn(DomainStatus.ACTIVE, DomainStatus.DEGRADED);
  }

  @Test
  void aTruncatedAnswerIsAskedForAgainOverTcp() {
    var domain = add();
    here.sandbox().fault(parent(domain), "truncate");
    here.sandbox().setRecordsOf(domain);
    assertThat(here.nameplate().domains().waitUntilActive(domain.id(), SOON).isActive()).isTrue();
  }

  @Test
  void aCnameOverTwoHopsIsFollowed() {
    var domain = add();
    var cname = domain.dnsRecords().getFirst();
    here.sandbox().set(domain.hostname(), "CNAME", "hop." + parent(domain));
    here.sandbox().set("hop." + parent(domain), "CNAME", cname.value());
    setToken(here, domain);
    assertThat(here.nameplate().domains().waitUntilActive(domain.id(), SOON).isActive()).isTrue();
  }

  @Test
  void serversThatDisagreeAreToldAndNothingIsOrdered() {
    var domain = add();
    here.sandbox().set(domain.hostname(), "A", ourAddress(here), otherAddress(here));
    setToken(here, domain);
    here.sandbox().fault(parent(domain), "disagree");

    var condition = awaitReason(domain, "dns", "servers-disagree");

    assertThat(condition.state()).isNotEqualTo(ConditionState.OK);
    assertThat(condition.evidence()).isNotEmpty();
    assertThat(here.nameplate().domains().get(domain.id()).certificate()).isEmpty();
  }

  @Test
  void otherServersAtTheParentAreAWarningWithAFix() {
    var domain = add();
    here.sandbox().fault(parent(domain), "parent-mismatch");
    here.sandbox().setRecordsOf(domain);

    var condition = awaitReason(domain, "dns", "parent-mismatch");

    assertThat(condition.message()).isNotBlank();
    assertThat(condition.fix()).isPresent();
  }

  @Test
  void allBlockersAreToldAtOnce() {
    var domain = add();
    here.sandbox().set(domain.hostname(), "A", "192.0.2.7");
    here.sandbox().set(parent(domain), "CAA", "0 issue \";\"");
    awaitReason(domain, "dns", "points-elsewhere");
    awaitReason(domain, "caa", "caa-forbids");
    awaitReason(domain, "ownership", "proof-missing");
  }

  private Domain add() {
    return here.nameplate()
        .domains()
        .add("shop." + Installation.freshName(), here.places().origin("plain"));
  }

  private Condition awaitReason(Domain domain, String type, String reason) {
    var wanted = ConditionType.valueOf(type.toUpperCase(java.util.Locale.ROOT));
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() ->
            assertThat(here.nameplate().domains().get(domain.id()).condition(wanted))
                .hasValueSatisfying(condition -> assertThat(condition.reason()).isEqualTo(reason)));
    return here.nameplate().domains().get(domain.id()).condition(wanted).orElseThrow();
  }

  private static Arguments mistake(String what, String type, String reason, Mistake mistake) {
    return Arguments.of(what, type, reason, mistake);
  }

  private static Arguments faulty(String what, String type, String reason, String fault) {
    return mistake(
        what,
        type,
        reason,
        (here, domain) -> {
          here.sandbox().setRecordsOf(domain);
          here.sandbox().fault(parent(domain), fault);
        });
  }

  private static void setToken(Installation here, Domain domain) {
    here.sandbox()
        .setRecords(
            domain.dnsRecords().stream().filter(record -> record.type().equals("TXT")).toList());
  }

  private static String parent(Domain domain) {
    return domain.hostname().substring(domain.hostname().indexOf('.') + 1);
  }

  private static String ourAddress(Installation here) {
    return host(here.places().edges().getFirst().http());
  }

  private static String otherAddress(Installation here) {
    return host(here.places().edges().getLast().http());
  }

  private static String host(String hostAndPort) {
    return hostAndPort.substring(0, hostAndPort.lastIndexOf(':'));
  }
}
