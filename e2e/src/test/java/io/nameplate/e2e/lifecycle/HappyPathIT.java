package io.nameplate.e2e.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.sdk.ConditionState;
import io.nameplate.sdk.DnsRecord;
import io.nameplate.sdk.Domain;
import io.nameplate.sdk.DomainStatus;
import io.nameplate.sdk.Event;
import io.nameplate.sdk.NodeState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quick")
final class HappyPathIT {
  private static final Duration SOON = Duration.ofMinutes(3);

  private final Installation here = Installation.shared();

  @Test
  void aSubdomainAnswersOverHttpsOnBothNodesOnceItsRecordsAreSet() throws IOException {
    var name = "shop." + Installation.freshName();
    var domain = here.nameplate().domains().add(name, here.places().origin("echo"));
    assertThat(domain.dnsRecords()).extracting(DnsRecord::type).containsExactly("CNAME", "TXT");

    here.sandbox().setRecordsOf(domain);
    var active = here.nameplate().domains().waitUntilActive(domain.id(), SOON);

    assertServedOnBothNodes(active, "echo");
    assertThat(active.conditions())
        .allSatisfy(condition -> assertThat(condition.state()).isEqualTo(ConditionState.OK));
    assertThat(active.nodes())
        .hasSize(2)
        .allSatisfy(node -> assertThat(node.state()).isEqualTo(NodeState.CURRENT));
  }

  @Test
  void aCnameAloneIsEnoughForASubdomain() throws IOException {
    var name = "shop." + Installation.freshName();
    var domain = here.nameplate().domains().add(name, here.places().origin("plain"));
    var cname = domain.dnsRecords().getFirst();

    here.sandbox().set(cname.fqdn(), cname.type(), cname.value());
    var active = here.nameplate().domains().waitUntilActive(domain.id(), SOON);

    assertServedOnBothNodes(active, "plain");
  }

  @Test
  void anApexAnswersOnceItsAddressesAndItsTokenAreSet() throws IOException {
    var name = Installation.freshName();
    var domain = here.nameplate().domains().add(name, here.places().origin("tls"));
    assertThat(domain.dnsRecords())
        .extracting(DnsRecord::type)
        .contains("A", "TXT")
        .doesNotContain("CNAME");

    here.sandbox().setRecordsOf(domain);
    var active = here.nameplate().domains().waitUntilActive(domain.id(), SOON);

    assertServedOnBothNodes(active, "tls");
  }

  @Test
  void aNameInAnotherScriptIsShownInBothForms() throws IOException {
    var base = Installation.freshName();
    var domain =
        here.nameplate().domains().add("Bücher." + base + ".", here.places().origin("plain"));
    assertThat(domain.hostname()).isEqualTo("xn--bcher-kva." + base);
    assertThat(domain.hostnameUnicode()).isEqualTo("bücher." + base);

    here.sandbox().setRecordsOf(domain);
    var active = here.nameplate().domains().waitUntilActive(domain.id(), SOON);

    assertServedOnBothNodes(active, "plain");
  }

  @Test
  void theHistoryTellsTheWholeStoryInOrder() {
    var name = "shop." + Installation.freshName();
    var seen = new ArrayList<DomainStatus>();
    var domain = here.nameplate().domains().add(name, here.places().origin("plain"));
    here.sandbox().setRecordsOf(domain);
    here.nameplate()
        .domains()
        .waitUntilActive(domain.id(), SOON, change -> seen.add(change.status()));

    // Readers of a history stop below the oldest transaction that is not over.
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(here.nameplate().domains().events(domain.id()))
                .extracting(Event::type)
                .containsSubsequence(
                    "added",
                    "ownership-proved",
                    "certificate-ordered",
                    "certificate-issued",
                    "deployed",
                    "activated"));
    assertThat(here.nameplate().domains().events(domain.id())).extracting(Event::at).isSorted();
    assertThat(seen).endsWith(DomainStatus.ACTIVE);
  }

  @Test
  void plainHttpIsRedirectedToHttps() throws IOException {
    var name = "shop." + Installation.freshName();
    var domain = here.nameplate().domains().add(name, here.places().origin("plain"));
    here.sandbox().setRecordsOf(domain);
    here.nameplate().domains().waitUntilActive(domain.id(), SOON);

    try (var visitor = here.visitor(0)) {
      var page = visitor.http(name, "/a?b=c");
      assertThat(page.status()).isEqualTo(308);
      assertThat(page.headers().get("location")).startsWith("https://" + name).endsWith("/a?b=c");
    }
  }

  private void assertServedOnBothNodes(Domain domain, String origin) throws IOException {
    for (int edge = 0; edge < 2; edge++) {
      try (var visitor = here.visitor(edge)) {
        var page = visitor.https(domain.hostname(), "/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.origin()).contains(origin);
        assertThat(page.certificate()).isPresent();
      }
    }
  }
}
