package io.nameplate.dns;

import io.nameplate.addresses.AddressText;
import io.nameplate.domains.Finding;
import io.nameplate.reach.DialResult;
import io.nameplate.reach.Dialled;
import io.nameplate.reach.ReachObservation;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What a look at DNS says about a domain: whose it is, where it leads, and whether our CA may
/// issue. Each question is answered by itself, so that everything that stands in the way shows at
/// once.
public final class DnsJudgement {
  private DnsJudgement() {}

  /// Judges records alone.
  public static DnsDiagnosis judge(DnsExpectation expected, DnsObservation seen) {
    return judge(expected, seen, Set.of());
  }

  /// Judges records together with what dialling their addresses showed: an address that is not the
  /// cluster's and leads to it is a proxy's.
  public static DnsDiagnosis judge(
      DnsExpectation expected, DnsObservation seen, ReachObservation reach) {
    var leadingHere =
        reach.dialled().stream()
            .filter(dialled -> dialled.result() instanceof DialResult.Ours)
            .map(Dialled::address)
            .collect(Collectors.toSet());
    return judge(expected, seen, leadingHere);
  }

  private static DnsDiagnosis judge(
      DnsExpectation expected, DnsObservation seen, Set<InetAddress> leadingHere) {
    var proof = OwnershipJudgement.proof(expected, seen);
    var dns = RoutingJudgement.judge(expected, seen, leadingHere);
    Finding ownership = OwnershipJudgement.judge(expected, seen, proof);
    return new DnsDiagnosis(
        ownership,
        dns.finding(),
        CaaJudgement.judge(expected, seen),
        proof,
        dns.direction(),
        wantedRecordsSeen(expected, seen));
  }

  private static List<String> wantedRecordsSeen(DnsExpectation expected, DnsObservation seen) {
    var found = new ArrayList<String>();
    if (OwnershipJudgement.throughOwnTarget(expected, seen)) {
      found.add("CNAME");
    }
    if (OwnershipJudgement.tokenSaidByAny(expected, seen)) {
      found.add("TXT");
    }
    if (seen.hops().size() == 1) {
      seen.addresses().stream()
          .filter(expected.clusterAddresses()::contains)
          .map(address ->
              (address.getAddress().length == 4 ? "A " : "AAAA ") + AddressText.of(address))
          .sorted()
          .forEach(found::add);
    }
    return found;
  }
}
