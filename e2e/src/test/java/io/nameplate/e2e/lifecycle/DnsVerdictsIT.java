package io.nameplate.e2e.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Parallel;
import io.nameplate.sdk.Condition;
import io.nameplate.sdk.Condition.Actor;
import io.nameplate.sdk.ConditionState;
import io.nameplate.sdk.ConditionType;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.Fix;
import io.nameplate.sdk.Fix.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every verdict about DNS, through the API, with who has to act and the fix it shows. All domains
/// are there before the first is asked about, so that nobody waits for another's look.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DnsVerdictsIT {
  /// Generous: a look comes each second at first, and takes ten where servers are silent.
  private static final Duration SOON = Duration.ofMinutes(3);

  private static final String OUR_CA = "0 issue \"pebble.sandbox\"";

  private final Installation here = Installation.shared();
  private final Map<Verdict, Domain> wrong = new ConcurrentHashMap<>();
  private final Map<Verdict, Domain> right = new ConcurrentHashMap<>();
  private Domain late;
  private Domain wrongFirst;
  private Domain flapping;
  private Domain wrongInEveryWay;
  private Instant begun;

  /// What somebody does in DNS.
  interface Deed extends BiConsumer<Installation, Domain> {}

  /// What is to be told about it.
  ///
  /// @param label what stands before a registrable domain of its own; empty: an apex
  /// @param fault of the zone's servers, from before the domain is added; empty: none
  /// @param fix what is to be done; empty: nothing
  record Verdict(
      String what,
      String label,
      String fault,
      ConditionType type,
      String reason,
      ConditionState state,
      Actor who,
      Function<Domain, Optional<Remedy>> fix,
      Deed deed) {
    Verdict under(String fault) {
      return new Verdict(what, label, fault, type, reason, state, who, fix, deed);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  /// The part of a fix that people copy; `value` empty where they talk to somebody.
  record Remedy(Action action, String recordType, String fqdn, String value) {
    static Remedy of(Fix fix) {
      return new Remedy(
          fix.action(), fix.recordType().orElse(""), fix.fqdn().orElse(""), fix.value().orElse(""));
    }
  }

  /// What proves the name, or brings it here, is set last: a look may come between two deeds.
  static Stream<Verdict> mistakes() {
    return Stream.of(
        failing(
            "nothing is set",
            "no-records",
            toTheCluster(Action.SET_RECORD),
            (here, domain) -> here.sandbox().set(domain.hostname(), "TXT", "other things")),
        failing(
            "the name does not exist",
            "no-such-name",
            toTheCluster(Action.SET_RECORD),
            (here, domain) -> here.sandbox().set("other." + zone(domain), "A", "192.0.2.1")),
        failing(
            "it points elsewhere",
            "points-elsewhere",
            toTheCluster(Action.CHANGE_RECORD),
            (here, domain) -> here.sandbox().set(domain.hostname(), "A", "192.0.2.7")),
        failing(
            "a CNAME to somebody else",
            "points-elsewhere",
            toTheCluster(Action.CHANGE_RECORD),
            (here, domain) -> {
              here.sandbox().set("target." + zone(domain), "A", "192.0.2.7");
              here.sandbox().set(domain.hostname(), "CNAME", "target." + zone(domain));
            }),
        failing(
            "a CNAME to a name that does not exist",
            "no-such-name",
            toTheCluster(Action.CHANGE_RECORD),
            (here, domain) ->
                here.sandbox().set(domain.hostname(), "CNAME", "nobody." + zone(domain))),
        failing(
            "a CNAME loop",
            "cname-loop",
            toTheCluster(Action.CHANGE_RECORD),
            (here, domain) -> {
              here.sandbox().set(domain.hostname(), "CNAME", "b." + zone(domain));
              here.sandbox().set("b." + zone(domain), "CNAME", domain.hostname());
            }),
        failing(
            "right and wrong addresses mixed",
            "mixed-records",
            remove("A", "192.0.2.7"),
            (here, domain) ->
                here.sandbox().set(domain.hostname(), "A", address(here, 0), "192.0.2.7")),
        failing(
            "a stray AAAA",
            "stray-aaaa",
            remove("AAAA", "2001:db8::7"),
            (here, domain) -> {
              here.sandbox().set(domain.hostname(), "A", address(here, 0), address(here, 1));
              here.sandbox().set(domain.hostname(), "AAAA", "2001:db8:0:0:0:0:0:7");
              setToken(here, domain);
            }),
        new Verdict(
            "a stray AAAA at an apex",
            "",
            "",
            ConditionType.DNS,
            "stray-aaaa",
            ConditionState.FAILING,
            Actor.CUSTOMER,
            remove("AAAA", "2001:db8::8"),
            (here, domain) -> {
              here.sandbox().set(domain.hostname(), "AAAA", "2001:db8::8");
              here.sandbox().setRecordsOf(domain);
            }),
        new Verdict(
            "an apex that points elsewhere",
            "",
            "",
            ConditionType.DNS,
            "points-elsewhere",
            ConditionState.FAILING,
            Actor.CUSTOMER,
            domain ->
                Optional.of(
                    new Remedy(
                        Action.CHANGE_RECORD, "A", domain.hostname(), record(domain, "A").value())),
            (here, domain) -> here.sandbox().set(domain.hostname(), "A", "192.0.2.9")),
        unclear("SERVFAIL", "servfail", "servfail"),
        unclear("silent servers", "servers-silent", "timeout"),
        unclear("lame servers", "lame-delegation", "lame"),
        unclear("refusing servers", "lame-delegation", "refused"),
        new Verdict(
                "servers that disagree",
                "shop.",
                "",
                ConditionType.DNS,
                "servers-disagree",
                ConditionState.UNKNOWN,
                Actor.CUSTOMER,
                DnsVerdictsIT::contact,
                (here, domain) -> {
                  here.sandbox().set(domain.hostname(), "A", address(here, 0), address(here, 1));
                  setToken(here, domain);
                })
            .under("disagree"),
        failing(
                "broken DNSSEC",
                "dnssec-bogus",
                DnsVerdictsIT::contact,
                (here, domain) -> here.sandbox().setRecordsOf(domain))
            .under("bogus"),
        forbidding(
            "CAA names another CA",
            "shop.",
            DnsVerdictsIT::zone,
            (here, domain) -> {
              here.sandbox().set(zone(domain), "CAA", "0 issue \"letsencrypt.org\"");
              here.sandbox().setRecordsOf(domain);
            }),
        forbidding(
            "CAA far up the tree",
            "a.b.shop.",
            DnsVerdictsIT::zone,
            (here, domain) -> {
              here.sandbox().set(zone(domain), "CAA", "0 issue \"letsencrypt.org\"");
              here.sandbox().setRecordsOf(domain);
            }),
        forbidding(
            "CAA at the target of a CNAME",
            "shop.",
            domain -> "target." + zone(domain),
            (here, domain) -> {
              var target = "target." + zone(domain);
              here.sandbox().set(target, "A", address(here, 0), address(here, 1));
              here.sandbox().set(target, "CAA", "0 issue \"letsencrypt.org\"");
              here.sandbox().set(zone(domain), "CAA", OUR_CA);
              here.sandbox().set(domain.hostname(), "CNAME", target);
              setToken(here, domain);
            }),
        forbidding(
            "CAA that lets our CA issue wildcards only",
            "shop.",
            DnsVerdictsIT::zone,
            (here, domain) -> {
              here.sandbox()
                  .set(zone(domain), "CAA", "0 issue \";\"", "0 issuewild \"pebble.sandbox\"");
              here.sandbox().setRecordsOf(domain);
            }));
  }

  static Stream<Verdict> obstaclesThatAreNone() {
    return Stream.of(
        well(
            "a CNAME over two hops",
            "shop.",
            ConditionType.DNS,
            "points-here",
            (here, domain) -> {
              here.sandbox().set(domain.hostname(), "CNAME", "hop." + zone(domain));
              here.sandbox().set("hop." + zone(domain), "CNAME", record(domain, "CNAME").value());
              setToken(here, domain);
            }),
        well(
                "answers that come whole by TCP alone",
                "shop.",
                ConditionType.DNS,
                "points-here",
                (here, domain) -> here.sandbox().setRecordsOf(domain))
            .under("truncate"),
        well(
            "an apex that its DNS provider flattens to one of our addresses",
            "",
            ConditionType.DNS,
            "points-here",
            (here, domain) -> {
              here.sandbox().set(domain.hostname(), "A", address(here, 1));
              setToken(here, domain);
            }),
        well(
            "somebody else's proxy that passes requests on",
            "shop.",
            ConditionType.DNS,
            "proxied",
            (here, domain) -> {
              here.sandbox().set(domain.hostname(), "A", "127.0.81.1");
              setToken(here, domain);
            }),
        well(
            "CAA that forbids wildcards only",
            "shop.",
            ConditionType.CAA,
            "caa-allows",
            (here, domain) -> {
              here.sandbox().setRecordsOf(domain);
              here.sandbox().set(zone(domain), "CAA", "0 issuewild \";\"");
            }),
        well(
            "CAA that names our CA",
            "shop.",
            ConditionType.CAA,
            "caa-allows",
            (here, domain) -> {
              here.sandbox().setRecordsOf(domain);
              here.sandbox().set(zone(domain), "CAA", OUR_CA);
            }),
        new Verdict(
            "a challenge of another service left over",
            "shop.",
            "",
            ConditionType.CAA,
            "stray-acme-challenge",
            ConditionState.OK,
            Actor.CUSTOMER,
            domain ->
                Optional.of(
                    new Remedy(
                        Action.REMOVE_RECORD,
                        "TXT",
                        "_acme-challenge." + domain.hostname(),
                        "left-over")),
            (here, domain) -> {
              here.sandbox().set("_acme-challenge." + domain.hostname(), "TXT", "left-over");
              here.sandbox().setRecordsOf(domain);
            }),
        new Verdict(
                "other name servers at the parent than in the zone",
                "shop.",
                "",
                ConditionType.DNS,
                "parent-mismatch",
                ConditionState.OK,
                Actor.CUSTOMER,
                domain ->
                    Optional.of(
                        new Remedy(
                            Action.CHANGE_RECORD,
                            "NS",
                            zone(domain),
                            "ns1.dns.sandbox, ns2.dns.sandbox")),
                (here, domain) -> here.sandbox().setRecordsOf(domain))
            .under("parent-mismatch"));
  }

  @BeforeAll
  void doAllOfIt() {
    begun = Instant.now();
    late = add("late.");
    wrongFirst = add("shop.");
    here.sandbox().set(wrongFirst.hostname(), "A", "192.0.2.7");
    flapping = add("shop.");
    here.sandbox().fault(zone(flapping), "flap");
    here.sandbox().setRecordsOf(flapping);
    wrongInEveryWay = add("shop.");
    here.sandbox().set(wrongInEveryWay.hostname(), "A", "192.0.2.7");
    here.sandbox().set(zone(wrongInEveryWay), "CAA", "0 issue \";\"");
    Parallel.each(mistakes().toList(), verdict -> wrong.put(verdict, added(verdict)));
    Parallel.each(obstaclesThatAreNone().toList(), verdict -> right.put(verdict, added(verdict)));
  }

  private Domain added(Verdict verdict) {
    var registrable = Installation.freshName();
    if (!verdict.fault().isEmpty()) {
      here.sandbox().fault(registrable, verdict.fault());
      // Servers can differ about what is there, from the first look on.
      here.sandbox().set(verdict.label() + registrable, "A", address(here, 0), address(here, 1));
    }
    var domain =
        here.nameplate()
            .domains()
            .add(verdict.label() + registrable, here.places().origin("plain"));
    verdict.deed().accept(here, domain);
    return domain;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void isToldWithItsEvidenceAndItsFix(Verdict verdict) {
    var domain = of(wrong, verdict);

    assertTold(verdict, domain, awaitReason(domain, verdict.type(), verdict.reason()));

    assertThat(here.nameplate().domains().get(domain.id()).certificate()).isEmpty();
    assertThat(here.sandbox().orders(domain.hostname()))
        .as("nothing that is known to fail is ordered")
        .isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("obstaclesThatAreNone")
  void isNoObstacleAndToldSo(Verdict verdict) {
    var domain = of(right, verdict);

    var active = here.nameplate().domains().waitUntilActive(domain.id(), SOON);

    assertThat(active.isActive()).isTrue();
    assertTold(verdict, domain, awaitReason(domain, verdict.type(), verdict.reason()));
  }

  @Test
  void aProxyThatReachesUsIsNamedByTheLookAtItsAddressesToo() {
    var proxied =
        right.entrySet().stream()
            .filter(each -> each.getKey().reason().equals("proxied"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
    awaitReason(proxied, ConditionType.REACH, "reached-through-proxy");
  }

  @Test
  void recordsThatComeAfterHalfAMinuteAreFoundWithoutACall() throws InterruptedException {
    var halfAMinute = Duration.between(Instant.now(), begun.plusSeconds(30));
    if (halfAMinute.isPositive()) {
      Thread.sleep(halfAMinute); // the scenario itself: a person who takes their time
    }
    here.sandbox().setRecordsOf(late);
    assertThat(here.nameplate().domains().waitUntilActive(late.id(), SOON).isActive()).isTrue();
  }

  @Test
  void wrongRecordsFirstAndRightOnesLaterLeadToAnActiveDomain() {
    awaitReason(wrongFirst, ConditionType.DNS, "points-elsewhere");
    here.sandbox().unset(wrongFirst.hostname());
    here.sandbox().setRecordsOf(wrongFirst);
    assertThat(here.nameplate().domains().waitUntilActive(wrongFirst.id(), SOON).isActive())
        .isTrue();
  }

  @Test
  void serversThatAnswerNowAndThenDoNotStopItForEver() {
    var active = here.nameplate().domains().waitUntilActive(flapping.id(), Duration.ofMinutes(5));
    assertThat(active.isActive()).isTrue();
  }

  @Test
  void allBlockersAreToldAtOnce() {
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(here.nameplate().domains().get(wrongInEveryWay.id()).failing())
                .extracting(Condition::reason)
                .contains("points-elsewhere", "caa-forbids", "proof-missing"));
  }

  private static Domain of(Map<Verdict, Domain> all, Verdict verdict) {
    return all.entrySet().stream()
        .filter(each -> each.getKey().what().equals(verdict.what()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  private static void assertTold(Verdict verdict, Domain domain, Condition condition) {
    assertThat(condition.reason()).isEqualTo(verdict.reason());
    assertThat(condition.state()).isEqualTo(verdict.state());
    assertThat(condition.who()).isEqualTo(verdict.who());
    assertThat(condition.message()).isNotBlank();
    assertThat(condition.evidence())
        .isNotEmpty()
        .allSatisfy(seen -> {
          assertThat(seen.source()).isNotBlank();
          assertThat(seen.question()).isNotBlank();
          assertThat(seen.answer()).isNotBlank();
        });
    assertThat(condition.fix().map(Remedy::of)).isEqualTo(verdict.fix().apply(domain));
    condition
        .fix()
        .ifPresent(fix -> {
          var names = new ArrayList<>(List.of(zone(domain)));
          fix.fqdn().ifPresent(names::add);
          assertThat(fix.text()).as("says where").containsAnyOf(names.toArray(String[]::new));
        });
  }

  private Domain add(String label) {
    return here.nameplate()
        .domains()
        .add(label + Installation.freshName(), here.places().origin("plain"));
  }

  private Condition awaitReason(Domain domain, ConditionType type, String reason) {
    var seen = new AtomicReference<Condition>(); // the next look may say something else again
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(() ->
            assertThat(here.nameplate().domains().get(domain.id()).condition(type))
                .hasValueSatisfying(condition -> {
                  assertThat(condition.reason()).isEqualTo(reason);
                  seen.set(condition);
                }));
    return seen.get();
  }

  private static Verdict failing(
      String what, String reason, Function<Domain, Optional<Remedy>> fix, Deed deed) {
    return new Verdict(
        what,
        "shop.",
        "",
        ConditionType.DNS,
        reason,
        ConditionState.FAILING,
        Actor.CUSTOMER,
        fix,
        deed);
  }

  /// The zone's servers have a fault, with everything set rightly: nobody can tell.
  private static Verdict unclear(String what, String reason, String fault) {
    return new Verdict(
            what,
            "shop.",
            "",
            ConditionType.DNS,
            reason,
            ConditionState.UNKNOWN,
            Actor.CUSTOMER,
            DnsVerdictsIT::contact,
            (here, domain) -> here.sandbox().setRecordsOf(domain))
        .under(fault);
  }

  /// @param at where our CA is to be named
  private static Verdict forbidding(
      String what, String label, Function<Domain, String> at, Deed deed) {
    return new Verdict(
        what,
        label,
        "",
        ConditionType.CAA,
        "caa-forbids",
        ConditionState.FAILING,
        Actor.CUSTOMER,
        domain -> Optional.of(new Remedy(Action.SET_RECORD, "CAA", at.apply(domain), OUR_CA)),
        deed);
  }

  private static Verdict well(
      String what, String label, ConditionType type, String reason, Deed deed) {
    return new Verdict(
        what,
        label,
        "",
        type,
        reason,
        ConditionState.OK,
        Actor.NOBODY,
        _ -> Optional.empty(),
        deed);
  }

  private static Function<Domain, Optional<Remedy>> toTheCluster(Action action) {
    return domain ->
        Optional.of(
            new Remedy(action, "CNAME", domain.hostname(), record(domain, "CNAME").value()));
  }

  private static Function<Domain, Optional<Remedy>> remove(String type, String value) {
    return domain -> Optional.of(new Remedy(Action.REMOVE_RECORD, type, domain.hostname(), value));
  }

  private static Optional<Remedy> contact(Domain domain) {
    return Optional.of(new Remedy(Action.CONTACT, "", "", ""));
  }

  private static io.nameplate.sdk.DnsRecord record(Domain domain, String type) {
    return domain.dnsRecords().stream()
        .filter(record -> record.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static void setToken(Installation here, Domain domain) {
    here.sandbox().setRecords(List.of(record(domain, "TXT")));
  }

  /// The registrable domain, which has two labels here.
  private static String zone(Domain domain) {
    var labels = List.of(domain.hostname().split("\\."));
    return String.join(".", labels.subList(labels.size() - 2, labels.size()));
  }

  private static String address(Installation here, int edge) {
    var http = here.places().edges().get(edge).http();
    return http.substring(0, http.lastIndexOf(':'));
  }
}
