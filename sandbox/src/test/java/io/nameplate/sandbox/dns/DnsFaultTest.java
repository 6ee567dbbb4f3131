package io.nameplate.sandbox.dns;

import static io.nameplate.sandbox.dns.RunningDns.FIRST;
import static io.nameplate.sandbox.dns.RunningDns.RECURSIVE;
import static io.nameplate.sandbox.dns.RunningDns.ROOT;
import static io.nameplate.sandbox.dns.RunningDns.SECOND;
import static io.nameplate.sandbox.dns.RunningDns.isValidated;
import static io.nameplate.sandbox.dns.RunningDns.rcode;
import static io.nameplate.sandbox.dns.RunningDns.reason;
import static io.nameplate.sandbox.dns.RunningDns.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Section;

class DnsFaultTest {
  private RunningDns running;

  @BeforeEach
  void start(@TempDir Path data) throws Exception {
    running = new RunningDns(data);
    running.set("shop.acme.com", "A", "192.0.2.1");
  }

  @AfterEach
  void stop() throws Exception {
    running.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"servfail", "refused"})
  void serversThatAnswerWithAnErrorMakeTheResolverFail(String fault) throws Exception {
    running.dns.fault("acme.com", fault);

    assertThat(rcode(running.ask(FIRST, "shop.acme.com", "A"))).isEqualToIgnoringCase(fault);
    assertThat(rcode(running.ask(SECOND, "acme.com", "SOA"))).isEqualToIgnoringCase(fault);
    var answer = running.ask(RECURSIVE, "shop.acme.com", "A");
    assertThat(rcode(answer)).isEqualTo("SERVFAIL");
    assertThat(reason(answer)).contains(ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY);
  }

  @Test
  void silentServersAnswerNeitherByUdpNorByTcp() throws Exception {
    running.dns.fault("acme.com", "timeout");

    assertThatThrownBy(() -> running.askBriefly(FIRST, "shop.acme.com", "A"))
        .isInstanceOf(IOException.class);
    var answer = running.ask(RECURSIVE, "shop.acme.com", "A");
    assertThat(rcode(answer)).isEqualTo("SERVFAIL");
    assertThat(reason(answer)).contains(ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY);
  }

  @Test
  void lameServersReferBackToTheRoot() throws Exception {
    running.dns.fault("shop.acme.com", "lame");

    var answer = running.ask(FIRST, "acme.com", "SOA");
    assertThat(answer.getHeader().getFlag(Flags.AA)).isFalse();
    assertThat(told(answer)).isEmpty();
    assertThat(answer.getSection(Section.AUTHORITY).getFirst().getName().toString()).isEqualTo(".");
    assertThat(rcode(running.ask(RECURSIVE, "shop.acme.com", "A"))).isEqualTo("SERVFAIL");
  }

  @Test
  void truncatedAnswersComeWholeByTcp() throws Exception {
    running.dns.fault("acme.com", "truncate");

    assertThat(running.ask(FIRST, "shop.acme.com", "A").getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(told(running.askByTcp(FIRST, "shop.acme.com", "A"))).containsExactly("192.0.2.1");
    var answer = running.ask(RECURSIVE, "shop.acme.com", "A");
    assertThat(told(answer)).containsExactly("192.0.2.1");
    assertThat(isValidated(answer)).isTrue();
  }

  @Test
  void flappingNamesAreGoneAndBackInTurnsAndValidateEitherWay() throws Exception {
    running.dns.fault("shop.acme.com", "flap");

    var gone = running.ask(RECURSIVE, "shop.acme.com", "A");
    assertThat(rcode(gone)).isEqualTo("NXDOMAIN");
    assertThat(isValidated(gone)).isTrue();
    running.clock.move(Faults.FLAP);
    var back = running.ask(RECURSIVE, "shop.acme.com", "A");
    assertThat(told(back)).containsExactly("192.0.2.1");
    assertThat(isValidated(back)).isTrue();
    running.clock.move(Faults.FLAP);
    assertThat(rcode(running.ask(FIRST, "shop.acme.com", "A"))).isEqualTo("NXDOMAIN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme.com", "shop.acme.com"})
  void bogusAnswersAreRightButDoNotValidate(String name) throws Exception {
    running.set("other.acme.com", "A", "192.0.2.2");
    running.dns.fault(name, "bogus");

    assertThat(told(running.ask(FIRST, "shop.acme.com", "A"))).containsExactly("192.0.2.1");
    var answer = running.ask(RECURSIVE, "shop.acme.com", "A");
    assertThat(rcode(answer)).isEqualTo("SERVFAIL");
    assertThat(reason(answer)).contains(ExtendedErrorCodeOption.DNSSEC_BOGUS);
    assertThat(told(running.askUnchecked(RECURSIVE, "shop.acme.com", "A")))
        .containsExactly("192.0.2.1");
    boolean isOtherBroken = name.equals("acme.com");
    assertThat(rcode(running.ask(RECURSIVE, "other.acme.com", "A")))
        .isEqualTo(isOtherBroken ? "SERVFAIL" : "NOERROR");
  }

  @Test
  void serversThatDisagreeBothSignWhatTheySay() throws Exception {
    running.set("alias.acme.com", "CNAME", "target.example.net");
    running.dns.fault("acme.com", "disagree");

    assertThat(told(running.ask(FIRST, "shop.acme.com", "A"))).containsExactly("192.0.2.1");
    assertThat(told(running.ask(SECOND, "shop.acme.com", "A"))).containsExactly("203.0.113.99");
    assertThat(told(running.ask(SECOND, "alias.acme.com", "CNAME")))
        .containsExactly("elsewhere.example.");
    assertThat(isValidated(running.ask(RECURSIVE, "shop.acme.com", "A"))).isTrue();
  }

  @Test
  void theZoneListsOtherServersThanItsParent() throws Exception {
    running.dns.fault("acme.com", "parent-mismatch");

    assertThat(told(running.ask(ROOT, "acme.com", "NS"), Section.AUTHORITY, "NS"))
        .containsExactly("ns1.dns.sandbox.", "ns2.dns.sandbox.");
    assertThat(told(running.ask(FIRST, "acme.com", "NS"), Section.ANSWER, "NS"))
        .containsExactly("ns1.dns.sandbox.", "ns3.dns.sandbox.");
    assertThat(told(running.ask(RECURSIVE, "shop.acme.com", "A"))).containsExactly("192.0.2.1");
  }

  @Test
  void aFaultOfANameLeavesItsNeighboursWell() throws Exception {
    running.set("www.acme.com", "A", "192.0.2.2");
    running.dns.fault("shop.acme.com", "servfail");

    assertThat(rcode(running.ask(FIRST, "shop.acme.com", "A"))).isEqualTo("SERVFAIL");
    assertThat(rcode(running.ask(FIRST, "below.shop.acme.com", "A"))).isEqualTo("SERVFAIL");
    assertThat(rcode(running.ask(FIRST, "www.acme.com", "A"))).isEqualTo("NOERROR");
    assertThat(rcode(running.ask(FIRST, "acme.com", "CAA"))).isEqualTo("NOERROR");
  }

  @ParameterizedTest
  @EnumSource
  void aFaultMayPrecedeItsZoneSurvivesSetAndHeals(DnsFault fault) throws Exception {
    running.dns.fault("new.example", fault.word());
    running.set("www.new.example", "A", "192.0.2.3");
    assertThat(running.dns.faults(Optional.of("new.example")))
        .containsExactly(Map.entry("new.example", fault.word()));

    running.dns.fault("new.example", "none");

    assertThat(running.dns.faults(Optional.empty())).isEmpty();
    var answer = running.ask(RECURSIVE, "www.new.example", "A");
    assertThat(told(answer)).containsExactly("192.0.2.3");
    assertThat(isValidated(answer)).isTrue();
  }

  @Test
  void aFaultOfATopLevelDomainBreaksWhatIsBelow() throws Exception {
    running.dns.fault("com", "servfail");

    assertThat(rcode(running.ask(ROOT, "shop.acme.com", "A"))).isEqualTo("SERVFAIL");
    assertThat(rcode(running.ask(FIRST, "shop.acme.com", "A"))).isEqualTo("NOERROR");
    assertThat(rcode(running.ask(RECURSIVE, "shop.acme.com", "A"))).isEqualTo("SERVFAIL");
  }

  @Test
  void refusesAWordThatIsNoFault() {
    assertThatThrownBy(() -> running.dns.fault("acme.com", "broken"))
        .isInstanceOf(DnsInputException.class)
        .hasMessageContaining("parent-mismatch, none");
  }
}
