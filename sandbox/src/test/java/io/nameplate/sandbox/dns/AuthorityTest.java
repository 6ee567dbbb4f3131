package io.nameplate.sandbox.dns;

import static io.nameplate.sandbox.dns.RunningDns.FIRST;
import static io.nameplate.sandbox.dns.RunningDns.ROOT;
import static io.nameplate.sandbox.dns.RunningDns.SECOND;
import static io.nameplate.sandbox.dns.RunningDns.rcode;
import static io.nameplate.sandbox.dns.RunningDns.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Section;

/// What the authoritative servers say, asked over the network.
class AuthorityTest {
  private RunningDns running;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    running = new RunningDns(data);
  }

  @AfterEach
  void stop() throws Exception {
    running.close();
  }

  @Test
  void bothServersOfTheZoneAnswerWhatWasSet() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.7", "192.0.2.8");

    for (var server : List.of(FIRST, SECOND)) {
      var answer = running.ask(server, "shop.acme.com", "A");
      assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
      assertThat(told(answer)).containsExactlyInAnyOrder("192.0.2.7", "192.0.2.8");
    }
  }

  @Test
  void theRootRefersToTheZonesServersAndVouchesForItsKey() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.7");

    var referral = running.ask(ROOT, "shop.acme.com", "A");

    assertThat(referral.getHeader().getFlag(Flags.AA)).isFalse();
    assertThat(told(referral)).isEmpty();
    assertThat(told(referral, Section.AUTHORITY, "NS"))
        .containsExactly("ns1.dns.sandbox.", "ns2.dns.sandbox.");
    assertThat(told(referral, Section.ADDITIONAL, "A")).containsExactly(FIRST, SECOND);
    assertThat(told(referral, Section.AUTHORITY, "DS")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "shop.acme.com, acme.com",
    "acme.com, acme.com",
    "a.b.acme.co.uk, acme.co.uk",
    "shop.acme.nosuchtld, acme.nosuchtld",
    "_nameplate.shop.acme.com.au, acme.com.au",
    "xn--bcher-kva.example.de, example.de",
  })
  void aNameMakesTheZoneOfItsRegistrableDomain(String name, String zone) throws Exception {
    running.set(name, "TXT", "here");

    var referral = running.ask(ROOT, name, "TXT");

    assertThat(referral.getSection(Section.AUTHORITY).getFirst().getName().toString(true))
        .isEqualTo(zone);
  }

  @Test
  void aCnameReplacesOtherTypesAndTheyReplaceIt() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.7");
    running.set("shop.acme.com", "TXT", "old");
    running.set("shop.acme.com", "CNAME", "target.example.net");
    assertThat(told(running.ask(FIRST, "shop.acme.com", "A")))
        .containsExactly("target.example.net.");

    running.set("shop.acme.com", "AAAA", "2001:db8::7");
    assertThat(told(running.ask(FIRST, "shop.acme.com", "CNAME"))).isEmpty();
    assertThat(told(running.ask(FIRST, "shop.acme.com", "AAAA")))
        .containsExactly("2001:db8:0:0:0:0:0:7");
  }

  @Test
  void setReplacesTheSetOfThatTypeOnly() throws Exception {
    running.set("acme.com", "A", "192.0.2.7");
    running.set("acme.com", "CAA", "0 issue \"ca.example\"");
    running.set("acme.com", "A", "192.0.2.8");

    assertThat(told(running.ask(FIRST, "acme.com", "A"))).containsExactly("192.0.2.8");
    assertThat(told(running.ask(FIRST, "acme.com", "CAA")))
        .containsExactly("0 issue \"ca.example\"");
  }

  @Test
  void unsetTakesOneTypeOrAll() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.7");
    running.set("shop.acme.com", "TXT", "text");

    assertThat(running.dns.unset("shop.acme.com", Optional.of("A"))).isTrue();
    assertThat(rcode(running.ask(FIRST, "shop.acme.com", "A"))).isEqualTo("NOERROR");
    assertThat(told(running.ask(FIRST, "shop.acme.com", "A"))).isEmpty();

    assertThat(running.dns.unset("shop.acme.com", Optional.empty())).isTrue();
    assertThat(rcode(running.ask(FIRST, "shop.acme.com", "TXT"))).isEqualTo("NXDOMAIN");
    assertThat(running.dns.unset("shop.acme.com", Optional.empty())).isFalse();
  }

  @Test
  void theZoneStaysWhenItsApexIsUnset() throws Exception {
    running.set("acme.com", "A", "192.0.2.7");
    running.dns.unset("acme.com", Optional.empty());

    var answer = running.ask(FIRST, "acme.com", "SOA");
    assertThat(told(answer)).hasSize(1);
    assertThat(told(running.ask(FIRST, "acme.com", "A"))).isEmpty();
  }

  @Test
  void aWildcardAnswersForNamesThatAreNotThere() throws Exception {
    running.set("*.acme.com", "A", "192.0.2.7");
    running.set("there.acme.com", "TXT", "there");

    assertThat(told(running.ask(FIRST, "any.acme.com", "A"))).containsExactly("192.0.2.7");
    assertThat(told(running.ask(FIRST, "a.b.acme.com", "A"))).containsExactly("192.0.2.7");
    assertThat(told(running.ask(FIRST, "there.acme.com", "A"))).isEmpty();
  }

  @Test
  void aliasesAreFollowedWithinTheZoneAndLoopsEnd() throws Exception {
    running.set("a.acme.com", "CNAME", "b.acme.com");
    running.set("b.acme.com", "CNAME", "c.acme.com");
    running.set("c.acme.com", "A", "192.0.2.7");
    running.set("x.acme.com", "CNAME", "y.acme.com");
    running.set("y.acme.com", "CNAME", "x.acme.com");

    assertThat(told(running.ask(FIRST, "a.acme.com", "A")))
        .containsExactly("b.acme.com.", "c.acme.com.", "192.0.2.7");
    assertThat(told(running.ask(FIRST, "x.acme.com", "A")))
        .containsExactly("y.acme.com.", "x.acme.com.");
  }

  @Test
  void whatDoesNotFitIsCutAndComesWholeByTcp() throws Exception {
    running.set("long.acme.com", "TXT", "x".repeat(2_000));

    var cut = running.ask(FIRST, "long.acme.com", "TXT");
    assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(told(cut)).isEmpty();
    var whole = running.askByTcp(FIRST, "long.acme.com", "TXT");
    assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(told(whole).getFirst().replaceAll("[\" ]", "")).hasSize(2_000);
  }

  @Test
  void askersWithoutEdnsGet512BytesAndNoSignatures() throws Exception {
    running.set("long.acme.com", "TXT", "x".repeat(600));
    running.set("short.acme.com", "TXT", "x");

    assertThat(running.askPlainly(FIRST, "long.acme.com", "TXT").getHeader().getFlag(Flags.TC))
        .isTrue();
    var plain = running.askPlainly(FIRST, "short.acme.com", "TXT");
    assertThat(plain.getSection(Section.ANSWER)).hasSize(1);
    assertThat(plain.getOPT()).isNull();
  }

  @Test
  void aServerRefusesNamesOfOtherZones() throws Exception {
    assertThat(rcode(running.ask(FIRST, "nobody.example.org", "A"))).isEqualTo("REFUSED");
    assertThat(rcode(running.ask(ROOT, "nobody.example.org", "A"))).isEqualTo("NXDOMAIN");
  }

  @Test
  void aDelegationWithinAZoneToOurServersIsAZoneOfItsOwn() throws Exception {
    running.set("www.sub.acme.com", "A", "192.0.2.7");
    running.set("sub.acme.com", "NS", "ns1.dns.sandbox", "ns2.dns.sandbox");

    assertThat(told(running.ask(FIRST, "www.sub.acme.com", "A"))).containsExactly("192.0.2.7");
    assertThat(told(running.ask(FIRST, "sub.acme.com", "SOA"))).hasSize(1);
    assertThat(told(running.ask(FIRST, "sub.acme.com", "DS"))).hasSize(1);
  }

  @Test
  void aZoneThatIsMovedToOtherServersIsReferredThere() throws Exception {
    running.set("acme.com", "A", "192.0.2.7");
    running.set("acme.com", "NS", "ns.elsewhere.example");

    var referral = running.ask(ROOT, "acme.com", "A");

    assertThat(told(referral, Section.AUTHORITY, "NS")).containsExactly("ns.elsewhere.example.");
  }

  @Test
  void countsWhichServerWasAskedWhat() throws Exception {
    running.set("shop.acme.com", "A", "192.0.2.7");
    running.dns.forgetQueries();
    running.ask(FIRST, "shop.acme.com", "A");
    running.ask(FIRST, "shop.acme.com", "A");
    running.askByTcp(SECOND, "shop.acme.com", "CAA");

    var counted = running.dns.queries(Optional.of("acme.com"));

    assertThat(counted).extracting(QueryLog.Counted::count).containsExactlyInAnyOrder(2L, 1L);
    assertThat(running.dns.queries(Optional.of("other.com"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', A, 192.0.2.1, name",
    "., A, 192.0.2.1, name",
    "a..com, A, 192.0.2.1, name",
    "acme.com, B, 192.0.2.1, type",
    "acme.com, SOA, x, type",
    "acme.com, ANY, x, type",
    "acme.com, A, 192.0.2.256, values/0",
    "acme.com, A, 192.0.2.1 junk, values/0",
    "acme.com, CNAME, target.example.net, type",
    "acme.com, CAA, issue x, values/0",
    "shop.acme.com, DS, 1 8 1 0123456789012345678901234567890123456789, name",
  })
  void refusesWrongInputNamingTheField(String name, String type, String value, String field) {
    assertThatThrownBy(() -> running.set(name, type, value))
        .isInstanceOfSatisfying(
            DnsInputException.class, e -> assertThat(e.field()).isEqualTo(field));
  }

  @Test
  void aTextIsTakenAsItStands() throws Exception {
    var text = "v=1; a=\"b\\c\" ü";
    running.set("acme.com", "TXT", text);

    assertThat(running.dns.entries(Optional.of("acme.com")).getFirst().values())
        .containsExactly(text);
    running.set("acme.com", "TXT", "\"quoted; text\"");
    assertThat(running.dns.entries(Optional.of("acme.com")).getFirst().values())
        .containsExactly("quoted; text");
  }

  @Test
  void namesInOtherScriptsAreSetAsALabels() throws Exception {
    running.set("Straße.Example.DE.", "CNAME", "bücher.example.net");

    assertThat(told(running.ask(FIRST, "xn--strae-oqa.example.de", "CNAME")))
        .containsExactly("xn--bcher-kva.example.net.");
  }

  @ParameterizedTest
  @CsvSource({
    "acme.com,CNAME,other.example",
    "sub.acme.com,DS,1 13 2 00",
    "x.co.uk,CNAME,a.example"
  })
  void whatIsRefusedMakesNoZone(String name, String type, String value) throws Exception {
    assertThatThrownBy(() -> running.set(name, type, value)).isInstanceOf(DnsInputException.class);

    var zone = name.equals("x.co.uk") ? "x.co.uk" : "acme.com";
    assertThat(rcode(running.ask(ROOT, zone, "NS"))).isEqualTo("NXDOMAIN");
  }

  @ParameterizedTest
  @CsvSource({"ns.elsewhere.example", "ns1.dns.sandbox"})
  void nameServersReplaceACname(String server) throws Exception {
    running.set("sub.acme.com", "CNAME", "other.example");

    running.set("sub.acme.com", "NS", server);

    assertThat(running.dns.entries(Optional.of("sub.acme.com")))
        .extracting(Dns.Entry::type)
        .doesNotContain("CNAME");
    assertThat(told(running.ask(FIRST, "sub.acme.com", "CNAME"))).isEmpty();
  }
}
