package io.nameplate.sandbox.dns;

import static io.nameplate.sandbox.dns.RunningDns.RECURSIVE;
import static io.nameplate.sandbox.dns.RunningDns.isValidated;
import static io.nameplate.sandbox.dns.RunningDns.rcode;
import static io.nameplate.sandbox.dns.RunningDns.told;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnsJournalTest {
  @TempDir private Path data;

  @Test
  void whatWasSetIsThereAfterARestart() throws Exception {
    List<Dns.Entry> before;
    try (var running = new RunningDns(data)) {
      running.set("shop.acme.com", "A", "192.0.2.1");
      running.set("shop.acme.com", "A", "192.0.2.2");
      running.set("gone.acme.com", "A", "192.0.2.3");
      running.set("acme.com", "TXT", "a \"quoted\" text");
      running.set("plain.example", "A", "192.0.2.4");
      running.dns.unset("gone.acme.com", Optional.empty());
      running.dns.unset("plain.example", Optional.of("DS"));
      running.dns.fault("acme.com", "truncate");
      before = running.dns.entries(Optional.of("acme.com"));
    }

    try (var running = new RunningDns(data)) {
      assertThat(running.dns.entries(Optional.of("acme.com")))
          .containsExactlyInAnyOrderElementsOf(before);
      assertThat(running.dns.faults(Optional.empty())).isEqualTo(Map.of("acme.com", "truncate"));
      assertThat(told(running.ask(RECURSIVE, "shop.acme.com", "A"))).containsExactly("192.0.2.2");
      assertThat(rcode(running.ask(RECURSIVE, "gone.acme.com", "A"))).isEqualTo("NXDOMAIN");
      assertThat(isValidated(running.ask(RECURSIVE, "plain.example", "A"))).isFalse();
    }
  }

  @Test
  void theRootsKeyStaysTheSame() throws Exception {
    String before;
    try (var _ = new RunningDns(data)) {
      before = Files.readString(data.resolve("root.anchor"));
    }
    try (var _ = new RunningDns(data)) {
      assertThat(Files.readString(data.resolve("root.anchor"))).isEqualTo(before);
    }
  }

  @Test
  void aLineCutOffByACrashIsDropped() throws Exception {
    try (var running = new RunningDns(data)) {
      running.set("shop.acme.com", "A", "192.0.2.1");
    }
    Files.writeString(
        data.resolve("dns.journal"), "{\"op\":\"set\",\"na", StandardOpenOption.APPEND);

    try (var running = new RunningDns(data)) {
      assertThat(running.dns.entries(Optional.of("shop.acme.com"))).hasSize(1);
      running.set("shop.acme.com", "A", "192.0.2.2");
    }
    try (var running = new RunningDns(data)) {
      assertThat(told(running.ask(RECURSIVE, "shop.acme.com", "A"))).containsExactly("192.0.2.2");
    }
  }

  @Test
  void whatIsConfiguredIsNotWrittenDown() throws Exception {
    try (var _ = new RunningDns(data, new Dns.Entry("a.sandbox", "A", 5, List.of("127.0.0.1")))) {
      assertThat(data.resolve("dns.journal")).isEmptyFile();
    }
    try (var running =
        new RunningDns(data, new Dns.Entry("a.sandbox", "A", 5, List.of("127.0.0.2")))) {
      assertThat(told(running.ask(RECURSIVE, "a.sandbox", "A"))).containsExactly("127.0.0.2");
    }
  }

  @Test
  void whatWasDoneToConfiguredRecordsAndNameServersOutlivesSeveralRestarts() throws Exception {
    var configured =
        new Dns.Entry[] {
          new Dns.Entry("a.host.sandbox", "A", 5, List.of("127.0.0.1")),
          new Dns.Entry("b.host.sandbox", "A", 5, List.of("127.0.0.1")),
        };
    List<Dns.Entry> before;
    try (var running = new RunningDns(data, configured)) {
      running.dns.unset("a.host.sandbox", Optional.of("A"));
      running.set("b.host.sandbox", "A", "127.0.0.2");
      running.set("acme.com", "NS", "ns1.dns.sandbox");
      running.set("half.example", "NS", "ns1.dns.sandbox", "ns.elsewhere.example");
      running.set("sub.shop.example", "NS", "ns.elsewhere.example");
      before = running.dns.entries(Optional.empty());
    }

    for (int restart = 1; restart <= 3; restart++) {
      try (var running = new RunningDns(data, configured)) {
        assertThat(running.dns.entries(Optional.empty()))
            .as("after restart %d", restart)
            .containsExactlyInAnyOrderElementsOf(before);
        assertThat(rcode(running.ask(RECURSIVE, "a.host.sandbox", "A"))).isEqualTo("NXDOMAIN");
      }
    }
    assertThat(before)
        .contains(
            new Dns.Entry("acme.com", "NS", 5, List.of("ns1.dns.sandbox.")),
            new Dns.Entry("b.host.sandbox", "A", 5, List.of("127.0.0.2")));
  }
}
