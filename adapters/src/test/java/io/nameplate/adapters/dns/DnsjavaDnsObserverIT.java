package io.nameplate.adapters.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.addresses.AddressPolicy;
import io.nameplate.addresses.Cidr;
import io.nameplate.dns.CaaIdentity;
import io.nameplate.dns.DnsDiagnosis;
import io.nameplate.dns.DnsExpectation;
import io.nameplate.dns.DnsJudgement;
import io.nameplate.dns.ProofSeen;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Reason;
import io.nameplate.sandbox.dns.Dns;
import io.nameplate.sandbox.dns.NameServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against the sandbox's servers, over UDP and TCP, signed and delegated as on the internet.
class DnsjavaDnsObserverIT {
  private static final Instant T0 = Instant.parse("2027-01-01T00:00:00Z");
  private static final String ZONE = "edge.nameplate.sandbox";
  private static final String TARGET = "k3v9." + ZONE;
  private static final String TOKEN = "np-proof=4f1c";
  private static final String EDGE_1 = "127.0.1.1";
  private static final String EDGE_2 = "127.0.1.2";
  private static final AddressPolicy NAME_SERVERS =
      new AddressPolicy(List.of(Cidr.parse("127.0.53.0/24")), List.of());

  /// The usual share with more time, for machines that do much else.
  private static final DnsSettings.Limits PATIENT =
      new DnsSettings.Limits(
          120,
          40,
          4,
          8,
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofMinutes(2));

  @TempDir private static Path data;
  private static int port;
  private static Dns dns;
  private static DnsjavaDnsObserver observer;

  @BeforeAll
  static void start() throws IOException {
    for (int tries = 0; dns == null; tries++) {
      // Below the ports that the system gives to outgoing connections.
      port = ThreadLocalRandom.current().nextInt(24_000, 32_000);
      try {
        dns = started();
      } catch (IOException taken) {
        assertThat(tries).as("last: " + taken).isLessThan(20);
      }
    }
    observer = new DnsjavaDnsObserver(settings(DnsSettings.Asking.AUTHORITIES, NAME_SERVERS));
  }

  private static Dns started() throws IOException {
    return Dns.start(
        new NameServers(
            List.of(ip("127.0.53.1"), ip("127.0.53.2")),
            List.of(ip("127.0.53.3"), ip("127.0.53.4")),
            port),
        ip("127.0.53.53"),
        List.of(
            new Dns.Entry(ZONE, "A", 5, List.of(EDGE_1, EDGE_2)),
            new Dns.Entry("*." + ZONE, "A", 5, List.of(EDGE_1, EDGE_2))),
        data,
        InstantSource.system());
  }

  @AfterAll
  static void stop() throws IOException {
    dns.close();
  }

  @Test
  void seesNothingBeforeAnythingIsSet() {
    var diagnosis = look("shop.nothing.com");
    assertDns(diagnosis, ConditionState.FAILING, Reason.NO_SUCH_NAME);
    assertThat(diagnosis.proof()).isEqualTo(ProofSeen.NONE);
    assertThat(diagnosis.caa().reason()).isEqualTo(Reason.CAA_ABSENT);
  }

  @Test
  void seesASubDomainThroughItsAlias() {
    set("shop.alias.com", "CNAME", TARGET);
    var diagnosis = look("shop.alias.com");
    assertDns(diagnosis, ConditionState.OK, Reason.POINTS_HERE);
    assertThat(diagnosis.proof()).isEqualTo(ProofSeen.CNAME);
    assertThat(diagnosis.seen()).containsExactly("CNAME");
  }

  @Test
  void seesItThroughTwoAliases() {
    set("shop.twohops.com", "CNAME", "www.twohops.net");
    set("www.twohops.net", "CNAME", TARGET);
    var diagnosis = look("shop.twohops.com");
    assertDns(diagnosis, ConditionState.OK, Reason.POINTS_HERE);
    assertThat(diagnosis.proof()).isEqualTo(ProofSeen.CNAME);
  }

  @Test
  void seesAnApexByAddressAndToken() {
    set("apex.co.uk", "A", EDGE_1, EDGE_2);
    set("_nameplate.apex.co.uk", "TXT", TOKEN);
    var diagnosis = lookAtApex("apex.co.uk");
    assertDns(diagnosis, ConditionState.OK, Reason.POINTS_HERE);
    assertThat(diagnosis.proof()).isEqualTo(ProofSeen.TXT);
    assertThat(diagnosis.seen()).containsExactly("TXT", "A 127.0.1.1", "A 127.0.1.2");
  }

  @Test
  void doesNotFollowAnAliasToTheToken() {
    set("_nameplate.aliased.com", "CNAME", "token.elsewhere.com");
    set("token.elsewhere.com", "TXT", TOKEN);
    assertThat(lookAtApex("aliased.com").proof()).isEqualTo(ProofSeen.NONE);
  }

  @Test
  void seesWhatIsElsewhereMixedAndStray() {
    set("else.com", "A", "192.0.2.7");
    assertDns(lookAtApex("else.com"), ConditionState.FAILING, Reason.POINTS_ELSEWHERE);
    set("mixed.com", "A", "192.0.2.7", EDGE_1);
    assertDns(lookAtApex("mixed.com"), ConditionState.FAILING, Reason.MIXED_RECORDS);
    set("stray.com", "A", EDGE_1);
    set("stray.com", "AAAA", "2001:DB8:0:0::7");
    var stray = lookAtApex("stray.com");
    assertDns(stray, ConditionState.FAILING, Reason.STRAY_AAAA);
    assertThat(stray.dns().evidence()).anyMatch(e -> e.answer().equals("2001:db8::7"));
  }

  @Test
  void tellsANameWithoutAddressesFromNoName() {
    set("shop.empty.com", "TXT", "something");
    assertDns(look("shop.empty.com"), ConditionState.FAILING, Reason.NO_RECORDS);
    set("shop.dangling.com", "CNAME", "gone.dangling.com");
    assertDns(look("shop.dangling.com"), ConditionState.FAILING, Reason.NO_SUCH_NAME);
  }

  @Test
  void seesALoopAndAChainWithoutEnd() {
    set("a.loop.com", "CNAME", "b.loop.com");
    set("b.loop.com", "CNAME", "a.loop.com");
    assertDns(look("a.loop.com"), ConditionState.FAILING, Reason.CNAME_LOOP);
    for (int i = 0; i < 12; i++) {
      set("c%d.chain.com".formatted(i), "CNAME", "c%d.chain.com".formatted(i + 1));
    }
    assertDns(look("c0.chain.com"), ConditionState.FAILING, Reason.CNAME_CHAIN_TOO_LONG);
  }

  @ParameterizedTest
  @CsvSource({
    "servfail, UNKNOWN, SERVFAIL",
    "refused, UNKNOWN, LAME_DELEGATION",
    "lame, UNKNOWN, LAME_DELEGATION",
    "timeout, UNKNOWN, SERVERS_SILENT",
    "disagree, UNKNOWN, SERVERS_DISAGREE",
    "bogus, FAILING, DNSSEC_BOGUS",
    "truncate, OK, POINTS_HERE",
    "parent-mismatch, OK, PARENT_MISMATCH",
    "flap, FAILING, NO_SUCH_NAME",
  })
  void tellsFaultsApart(String fault, ConditionState state, Reason reason) {
    var zone = fault + ".com";
    set("shop." + zone, "CNAME", TARGET);
    dns.fault(zone, fault);
    assertDns(look("shop." + zone), state, reason);
    dns.fault(zone, "none");
    assertDns(look("shop." + zone), ConditionState.OK, Reason.POINTS_HERE);
  }

  @Test
  void walksUpTheTreeForCaaAndThroughAliases() {
    set("shop.caa.com", "CNAME", TARGET);
    set("caa.com", "CAA", "0 issue \"other.example\"");
    var forbidden = look("shop.caa.com").caa();
    assertThat(forbidden.reason()).isEqualTo(Reason.CAA_FORBIDS);
    assertThat(forbidden.fix().orElseThrow().fqdn()).isEqualTo("caa.com");
    set("caa.com", "CAA", "0 issue \"other.example\"", "0 issue \"pebble.sandbox\"");
    assertThat(look("shop.caa.com").caa().reason()).isEqualTo(Reason.CAA_ALLOWS);

    set("shop.caa2.com", "CNAME", "cdn.caa3.com");
    set("cdn.caa3.com", "CAA", "0 issue \"other.example\"");
    set("caa2.com", "CAA", "0 issue \"pebble.sandbox\"");
    assertThat(look("shop.caa2.com").caa().reason()).isEqualTo(Reason.CAA_FORBIDS);
  }

  @Test
  void seesAChallengeLeftOver() {
    set("shop.left.com", "CNAME", TARGET);
    set("_acme-challenge.shop.left.com", "CNAME", "x.issuer.net");
    assertThat(look("shop.left.com").caa().reason()).isEqualTo(Reason.STRAY_ACME_CHALLENGE);
  }

  @Test
  void looksAtANameAsLongAsNamesCanBe() {
    var longest = "%s.%<s.%<s.%<s.long.com".formatted("a".repeat(60)); // 252 characters
    set(longest, "CNAME", TARGET);
    var diagnosis = look(longest);
    assertDns(diagnosis, ConditionState.OK, Reason.POINTS_HERE);
    assertThat(diagnosis.proof()).isEqualTo(ProofSeen.CNAME);
  }

  @Test
  void looksAtANameWithManyLevels() {
    var deep = "a.".repeat(10) + "deep.com";
    set(deep, "CNAME", TARGET);
    set("deep.com", "CAA", "0 issue \"other.example\"");
    var diagnosis = look(deep);
    assertDns(diagnosis, ConditionState.OK, Reason.POINTS_HERE);
    assertThat(diagnosis.caa().reason()).isEqualTo(Reason.CAA_FORBIDS);
  }

  @Test
  void seesEveryChangeAtOnce() {
    for (int i = 0; i < 20; i++) {
      set("shop.changing.com", "CNAME", TARGET);
      assertDns(look("shop.changing.com"), ConditionState.OK, Reason.POINTS_HERE);
      dns.unset("shop.changing.com", Optional.empty());
      assertDns(look("shop.changing.com"), ConditionState.FAILING, Reason.NO_SUCH_NAME);
    }
  }

  @Test
  void asksResolversOnlyWhereThatIsConfigured() {
    set("shop.private.com", "CNAME", TARGET);
    var resolversOnly =
        new DnsjavaDnsObserver(settings(DnsSettings.Asking.RESOLVERS, AddressPolicy.PUBLIC));
    var diagnosis = judged(resolversOnly, "shop.private.com", false);
    assertDns(diagnosis, ConditionState.OK, Reason.POINTS_HERE);
    assertThat(diagnosis.dns().evidence())
        .allMatch(evidence -> evidence.source().startsWith("resolver"));
    dns.fault("private.com", "bogus");
    assertDns(
        judged(resolversOnly, "shop.private.com", false),
        ConditionState.FAILING,
        Reason.DNSSEC_BOGUS);
  }

  @Test
  void neverAsksAServerWithoutAPublicAddress() {
    set("shop.guarded.com", "CNAME", TARGET);
    dns.forgetQueries();
    var guarded =
        new DnsjavaDnsObserver(settings(DnsSettings.Asking.AUTHORITIES, AddressPolicy.PUBLIC));
    assertDns(
        judged(guarded, "shop.guarded.com", false),
        ConditionState.UNKNOWN,
        Reason.NAME_SERVER_ADDRESS_REFUSED);
    assertThat(dns.queries(Optional.empty()))
        .filteredOn(counted -> counted.toString().contains(".dns.sandbox"))
        .noneMatch(counted -> counted.toString().contains("shop.guarded.com"));
  }

  private static DnsSettings settings(DnsSettings.Asking asking, AddressPolicy nameServers) {
    return new DnsSettings(
        asking,
        List.of(at("127.0.53.1"), at("127.0.53.2")),
        port,
        List.of(at("127.0.53.53")),
        nameServers,
        PATIENT);
  }

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(ip(address), port);
  }

  private static InetAddress ip(String address) {
    return InetAddress.ofLiteral(address);
  }

  private static void set(String name, String type, String... values) {
    dns.set(new Dns.Entry(name, type, 5, List.of(values)));
  }

  private static DnsDiagnosis look(String name) {
    return judged(observer, name, false);
  }

  private static DnsDiagnosis lookAtApex(String name) {
    return judged(observer, name, true);
  }

  private static DnsDiagnosis judged(DnsjavaDnsObserver who, String name, boolean apex) {
    var expected =
        new DnsExpectation(
            new Hostname(name),
            TARGET,
            "_nameplate." + name,
            TOKEN,
            Set.of(ip(EDGE_1), ip(EDGE_2)),
            false,
            CaaIdentity.of("pebble.sandbox"),
            apex,
            ZONE);
    return DnsJudgement.judge(expected, who.look(expected, T0));
  }

  private static void assertDns(DnsDiagnosis diagnosis, ConditionState state, Reason reason) {
    assertThat(diagnosis.dns().reason()).as(diagnosis.dns().message()).isEqualTo(reason);
    assertThat(diagnosis.dns().state()).isEqualTo(state);
    assertThat(diagnosis.dns().evidence()).isNotEmpty();
  }
}
