package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.clusters.Cluster;
import io.nameplate.clusters.ClusterId;
import io.nameplate.teams.TeamId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WantedRecordsTest {
  private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
  private static final TeamId TEAM = new TeamId(new UUID(0, 1));
  private static final Cluster SHARED = cluster(Optional.empty());
  private static final Cluster OWN = cluster(Optional.of(TEAM));

  @Test
  void wantsACnameOfASubdomainAndLeavesItsTokenOptional() {
    assertThat(WantedRecords.of(domain("shop.acme.com"), SHARED, false))
        .containsExactly(
            new DnsRecord(
                DnsRecord.Type.CNAME,
                "shop",
                "shop.acme.com",
                "label.edge.example.net",
                DnsRecord.Purpose.ROUTING,
                true,
                false),
            new DnsRecord(
                DnsRecord.Type.TXT,
                "_nameplate.shop",
                "_nameplate.shop.acme.com",
                "token",
                DnsRecord.Purpose.OWNERSHIP,
                false,
                false));
  }

  @Test
  void wantsEveryAddressOfAnApexAndItsTokenOnASharedCluster() {
    var records = WantedRecords.of(domain("acme.co.uk"), SHARED, false);
    assertThat(records).extracting(DnsRecord::name).containsExactly("@", "@", "_nameplate");
    assertThat(records)
        .extracting(DnsRecord::type)
        .containsExactly(DnsRecord.Type.A, DnsRecord.Type.AAAA, DnsRecord.Type.TXT);
    assertThat(records).allMatch(DnsRecord::required);
  }

  @Test
  void leavesTheTokenOfAnApexOptionalOnAClusterOfTheTeamsOwn() {
    assertThat(WantedRecords.of(domain("acme.com"), OWN, true).getLast().required()).isFalse();
    assertThat(WantedRecords.of(domain("acme.com"), OWN, false).getLast().required()).isTrue();
  }

  @Test
  void saysWhichRecordsTheLastLookFound() {
    assertThat(WantedRecords.of(domain("acme.com", "A 192.0.2.1", "TXT"), SHARED, false))
        .extracting(DnsRecord::seen)
        .containsExactly(true, false, true);
    assertThat(WantedRecords.of(domain("www.acme.com", "CNAME"), SHARED, false))
        .extracting(DnsRecord::seen)
        .containsExactly(true, false);
  }

  @Test
  void takesADeepNameRelativeToWhatWasRegistered() {
    assertThat(WantedRecords.of(domain("a.b.acme.co.uk"), SHARED, false).getFirst().name())
        .isEqualTo("a.b");
  }

  private static Domain domain(String hostname, String... seen) {
    return new Domain(
        new DomainId(new UUID(0, 2)),
        TEAM,
        SHARED.id(),
        new Hostname(hostname),
        hostname,
        new Origin("https://origin.example.net", HostHeader.VISITOR),
        Wanted.SERVING,
        1,
        DomainStatus.PENDING,
        new Claim("label", "token", false, Optional.empty(), Optional.empty(), Optional.empty()),
        List.of(seen),
        Optional.empty(),
        false,
        Optional.empty(),
        NOW,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        NOW,
        NOW,
        Optional.empty());
  }

  private static Cluster cluster(Optional<TeamId> team) {
    return new Cluster(
        new ClusterId(new UUID(0, 3)),
        "main",
        team,
        "edge.example.net",
        List.of("192.0.2.1", "2001:db8::1"),
        80,
        443,
        NOW);
  }
}
