package io.nameplate.sandbox.dns;

import static io.nameplate.sandbox.dns.RunningDns.RECURSIVE;
import static io.nameplate.sandbox.dns.RunningDns.isValidated;
import static io.nameplate.sandbox.dns.RunningDns.rcode;
import static io.nameplate.sandbox.dns.RunningDns.told;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// What the recursive, validating resolver says of a world that is well.
class RecursiveFaceTest {
  private RunningDns running;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    var wildcard =
        new Dns.Entry("*.edge.nameplate.sandbox", "A", 5, List.of("127.0.1.1", "127.0.1.2"));
    running = new RunningDns(data, wildcard);
  }

  @AfterEach
  void stop() throws Exception {
    running.close();
  }

  @Test
  void followsAliasesThroughZonesToAWildcardAndValidatesAllOfIt() throws Exception {
    running.set("shop.acme.co.uk", "CNAME", "hop.partner.net");
    running.set("hop.partner.net", "CNAME", "k3v9.edge.nameplate.sandbox");

    var answer = running.ask(RECURSIVE, "shop.acme.co.uk", "A");

    assertThat(isValidated(answer)).isTrue();
    assertThat(told(answer))
        .containsExactlyInAnyOrder(
            "hop.partner.net.", "k3v9.edge.nameplate.sandbox.", "127.0.1.1", "127.0.1.2");
  }

  @Test
  void validatesThatSomethingIsNotThere() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.7");
    running.set("deep.down.acme.com", "A", "192.0.2.7");

    var noName = running.ask(RECURSIVE, "nope.acme.com", "A");
    assertThat(rcode(noName)).isEqualTo("NXDOMAIN");
    assertThat(isValidated(noName)).isTrue();
    var noData = running.ask(RECURSIVE, "shop.acme.com", "AAAA");
    assertThat(rcode(noData)).isEqualTo("NOERROR");
    assertThat(isValidated(noData)).isTrue();
    var noZone = running.ask(RECURSIVE, "nobody.com", "A");
    assertThat(rcode(noZone)).isEqualTo("NXDOMAIN");
    assertThat(isValidated(noZone)).isTrue();
    var between = running.ask(RECURSIVE, "down.acme.com", "A");
    assertThat(rcode(between)).isEqualTo("NOERROR");
    assertThat(isValidated(between)).isTrue();
    var noSuchType = running.ask(RECURSIVE, "k.edge.nameplate.sandbox", "AAAA");
    assertThat(rcode(noSuchType)).isEqualTo("NOERROR");
    assertThat(isValidated(noSuchType)).isTrue();
  }

  @Test
  void answersFromTheParentForDelegations() throws Exception {
    running.set("acme.com", "CAA", "0 issue \"pebble.sandbox\"");

    for (var type : List.of("DS", "DNSKEY", "NS", "SOA", "CAA")) {
      var answer = running.ask(RECURSIVE, "acme.com", type);
      assertThat(told(answer)).as(type).isNotEmpty();
      assertThat(isValidated(answer)).as(type).isTrue();
    }
  }

  @Test
  void forgetsAtEveryChange() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.1");
    for (int last = 1; last < 20; last++) {
      running.set("shop.acme.com", "A", "192.0.2." + last);
      assertThat(told(running.ask(RECURSIVE, "shop.acme.com", "A")))
          .containsExactly("192.0.2." + last);
    }
    running.dns.unset("shop.acme.com", Optional.empty());
    assertThat(rcode(running.ask(RECURSIVE, "shop.acme.com", "A"))).isEqualTo("NXDOMAIN");
    running.dns.fault("acme.com", "servfail");
    assertThat(rcode(running.ask(RECURSIVE, "shop.acme.com", "A"))).isEqualTo("SERVFAIL");
  }

  @Test
  void remembersBetweenChanges() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.1");
    running.ask(RECURSIVE, "shop.acme.com", "A");
    running.dns.forgetQueries();

    running.ask(RECURSIVE, "shop.acme.com", "A");

    assertThat(running.dns.queries(Optional.of("shop.acme.com")))
        .extracting(counted -> counted.question().server().toString())
        .containsExactly("resolver.sandbox.");
  }

  @Test
  void aZoneWhoseParentDoesNotVouchForItIsInsecureButAnswers() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.1");
    running.dns.unset("acme.com", Optional.of("DS"));

    var answer = running.ask(RECURSIVE, "shop.acme.com", "A");

    assertThat(told(answer)).containsExactly("192.0.2.1");
    assertThat(isValidated(answer)).isFalse();
  }

  @Test
  void aParentThatVouchesForAnotherKeyBreaksTheZone() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.1");
    running.set("acme.com", "DS", "12345 13 2 " + "ab".repeat(32));

    assertThat(rcode(running.ask(RECURSIVE, "shop.acme.com", "A"))).isEqualTo("SERVFAIL");
    assertThat(told(running.askUnchecked(RECURSIVE, "shop.acme.com", "A")))
        .containsExactly("192.0.2.1");
  }

  @Test
  void givesSignaturesOnlyToThoseWhoAsk() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.1");

    var plain = running.askPlainly(RECURSIVE, "shop.acme.com", "A");

    assertThat(plain.getSection(Section.ANSWER)).hasSize(1);
    assertThat(running.ask(RECURSIVE, "shop.acme.com", "A").getSection(Section.ANSWER))
        .extracting(each -> Type.string(each.getType()))
        .containsExactly("A", "RRSIG");
  }

  @Test
  void anAliasThatLoopsIsToldAsItIs() throws Exception {
    running.set("x.acme.com", "CNAME", "y.other.net");
    running.set("y.other.net", "CNAME", "x.acme.com");

    assertThat(rcode(running.ask(RECURSIVE, "x.acme.com", "A"))).isEqualTo("SERVFAIL");
  }

  @Test
  void findsNameServersThatHaveNoAddressInTheReferral() throws Exception {
    running.set("ns.host.net", "A", RunningDns.FIRST);
    running.set("shop.acme.com", "A", "192.0.2.1");
    running.set("acme.com", "NS", "ns.host.net");

    assertThat(told(running.ask(RECURSIVE, "shop.acme.com", "A"))).containsExactly("192.0.2.1");
  }

  @Test
  void answersByTcpToo() throws Exception {
    running.set("long.acme.com", "TXT", "x".repeat(3_000));

    assertThat(told(running.askByTcp(RECURSIVE, "long.acme.com", "TXT"))).hasSize(1);
  }

  /// How often the hosting servers were asked for the name.
  private long asked(String name) {
    return running.dns.queries(Optional.of(name)).stream()
        .filter(each -> each.question().server().toString().endsWith(".dns.sandbox."))
        .mapToLong(QueryLog.Counted::count)
        .sum();
  }

  @Test
  void remembersNoLongerThanRecordsLive() throws Exception {
    running.dns.set(new Dns.Entry("brief.acme.com", "A", 2, List.of("192.0.2.7")));
    running.set("lasting.acme.com", "A", "192.0.2.7");
    for (var name : List.of("brief.acme.com", "lasting.acme.com", "none.acme.com")) {
      running.ask(RECURSIVE, name, "A");
      long once = asked(name);
      running.ask(RECURSIVE, name, "A");
      assertThat(asked(name)).as(name).isEqualTo(once).isPositive();
    }
    running.clock.move(Duration.ofSeconds(3));
    for (var name : List.of("brief.acme.com", "none.acme.com")) {
      long before = asked(name);
      running.ask(RECURSIVE, name, "A");
      assertThat(asked(name)).as(name).isGreaterThan(before);
    }
    long before = asked("lasting.acme.com");
    running.ask(RECURSIVE, "lasting.acme.com", "A");
    assertThat(asked("lasting.acme.com")).isEqualTo(before);
  }

  @Test
  void remembersNothingWhileANameComesAndGoes() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.7");
    running.dns.fault("shop.acme.com", "flap");
    assertThat(rcode(running.ask(RECURSIVE, "shop.acme.com", "A"))).isEqualTo("NXDOMAIN");

    running.clock.move(Faults.FLAP);
    assertThat(told(running.ask(RECURSIVE, "shop.acme.com", "A"))).containsExactly("192.0.2.7");
    running.clock.move(Faults.FLAP.minusMillis(1));
    assertThat(told(running.ask(RECURSIVE, "shop.acme.com", "A"))).containsExactly("192.0.2.7");
    running.clock.move(Duration.ofMillis(1));
    assertThat(rcode(running.ask(RECURSIVE, "shop.acme.com", "A"))).isEqualTo("NXDOMAIN");
  }
}
