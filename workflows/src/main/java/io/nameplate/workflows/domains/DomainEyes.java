package io.nameplate.workflows.domains;

import io.nameplate.addresses.AddressText;
import io.nameplate.clusters.ClusterKeys;
import io.nameplate.clusters.ClusterKeys.Use;
import io.nameplate.dns.CaaIdentity;
import io.nameplate.dns.DnsDiagnosis;
import io.nameplate.dns.DnsExpectation;
import io.nameplate.dns.DnsJudgement;
import io.nameplate.dns.DnsObserver;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.HostnameCheck;
import io.nameplate.domains.HostnameRules;
import io.nameplate.domains.Standing;
import io.nameplate.edge.NodeState;
import io.nameplate.edge.Position;
import io.nameplate.edge.ProbeMac;
import io.nameplate.edge.ReachMac;
import io.nameplate.reach.ReachJudgement;
import io.nameplate.reach.ReachProber;
import io.nameplate.reach.ReachQuestion;
import io.nameplate.serving.NodeAddress;
import io.nameplate.serving.ServingDiagnosis;
import io.nameplate.serving.ServingJudgement;
import io.nameplate.serving.ServingProber;
import io.nameplate.serving.ServingQuestion;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Looks at a domain from outside: its records, its addresses, its nodes. Runs and the monitor see
/// through the same eyes.
public final class DomainEyes {
  /// A name of the cluster's own, answered by its nodes: tells a blind vantage from an unreachable
  /// name.
  private static final String CANARY = "canary.";

  private final DnsObserver dns;
  private final ReachProber reach;
  private final ServingProber serving;
  private final ClusterKeys keys;
  private final Supplier<CaaIdentity> ca;

  /// @param ca how the CA that is to issue is named in CAA records, as known now
  public DomainEyes(
      DnsObserver dns,
      ReachProber reach,
      ServingProber serving,
      ClusterKeys keys,
      Supplier<CaaIdentity> ca) {
    this.dns = dns;
    this.reach = reach;
    this.serving = serving;
    this.keys = keys;
    this.ca = ca;
  }

  /// What records and addresses say.
  ///
  /// @param reach empty: the name has no address to dial
  public record Outside(DnsDiagnosis dns, Optional<Finding> reach) {}

  /// Asks DNS and dials every address that it gives.
  public Outside outside(Standing standing, Instant now) {
    var expected = expectation(standing);
    var seen = dns.look(expected, now);
    var addresses = seen.addresses();
    if (addresses.isEmpty()) {
      return new Outside(DnsJudgement.judge(expected, seen), Optional.empty());
    }
    var question = reachQuestion(standing, expected, addresses);
    var dialled = reach.dial(question, now);
    return new Outside(
        DnsJudgement.judge(expected, seen, dialled),
        Optional.of(ReachJudgement.judge(question, dialled)));
  }

  /// Asks nodes for the name over HTTPS. The domain has a certificate.
  public ServingDiagnosis nodes(
      Standing standing, Position told, List<NodeState> nodes, Instant now) {
    var domain = standing.domain();
    var question =
        new ServingQuestion(
            domain.hostname(),
            domain.id(),
            told.revision(),
            standing.certificate().orElseThrow().sha256(),
            nodes.stream()
                .map(node -> new NodeAddress(node.id(), node.name(), node.https()))
                .toList(),
            ProbeMac.of(keys.derived(domain.cluster(), Use.PROBE)));
    return ServingJudgement.judge(question, serving.probe(question, now));
  }

  private DnsExpectation expectation(Standing standing) {
    var domain = standing.domain();
    var name = domain.hostname();
    return new DnsExpectation(
        name,
        standing.cnameTarget(),
        "_nameplate." + name,
        domain.claim().txtToken(),
        clusterAddresses(standing),
        standing.addressProves(),
        ca.get(),
        apex(name),
        standing.cluster().cnameZone());
  }

  private ReachQuestion reachQuestion(
      Standing standing, DnsExpectation expected, Set<InetAddress> addresses) {
    var cluster = standing.cluster();
    return new ReachQuestion(
        expected.name(),
        addresses,
        expected.clusterAddresses(),
        cluster.httpPort(),
        new Hostname(CANARY + cluster.cnameZone()),
        ReachMac.of(keys.derived(cluster.id(), Use.REACH)));
  }

  private static Set<InetAddress> clusterAddresses(Standing standing) {
    return standing.cluster().addresses().stream()
        .flatMap(text -> AddressText.parse(text).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean apex(Hostname name) {
    return HostnameRules.check(name.ascii(), Set.of()) instanceof HostnameCheck.Accepted accepted
        && accepted.apex();
  }
}
