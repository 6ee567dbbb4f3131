package io.nameplate.domains;

import io.nameplate.clusters.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Which DNS records a domain needs.
public final class WantedRecords {
  private static final String TXT_LABEL = "_nameplate";

  private WantedRecords() {}

  /// The records of a domain on a cluster. A sub-domain has a CNAME, which both leads visitors here
  /// and proves the claim; its TXT token may be absent. An apex cannot have a CNAME: it has one A
  /// or AAAA for each address of the cluster, and its TXT token too where these addresses prove
  /// nothing: on a shared cluster, and where somebody else held the name.
  public static List<DnsRecord> of(Domain domain, Cluster cluster, boolean addressProves) {
    var registrable = registrable(domain.hostname());
    var apex = domain.hostname().ascii().equals(registrable);
    var records = new ArrayList<DnsRecord>();
    if (apex) {
      for (var address : cluster.addresses()) {
        records.add(address(domain, registrable, address));
      }
    } else {
      records.add(cname(domain, registrable, cluster));
    }
    records.add(txt(domain, registrable, apex && !addressProves));
    return List.copyOf(records);
  }

  /// The name to which the domain's owner points a CNAME.
  public static String cnameTarget(Claim claim, Cluster cluster) {
    return claim.cnameLabel() + "." + cluster.cnameZone();
  }

  /// Where the claim's TXT token is looked for.
  public static String txtName(Hostname hostname) {
    return TXT_LABEL + "." + hostname.ascii();
  }

  private static DnsRecord address(Domain domain, String registrable, String address) {
    var type = address.contains(":") ? DnsRecord.Type.AAAA : DnsRecord.Type.A;
    return new DnsRecord(
        type,
        relative(registrable, registrable),
        registrable,
        address,
        DnsRecord.Purpose.ROUTING,
        true,
        domain.recordsSeen().contains(type + " " + address));
  }

  private static DnsRecord cname(Domain domain, String registrable, Cluster cluster) {
    var name = domain.hostname().ascii();
    return new DnsRecord(
        DnsRecord.Type.CNAME,
        relative(name, registrable),
        name,
        cnameTarget(domain.claim(), cluster),
        DnsRecord.Purpose.ROUTING,
        true,
        domain.recordsSeen().contains("CNAME"));
  }

  private static DnsRecord txt(Domain domain, String registrable, boolean required) {
    var name = txtName(domain.hostname());
    return new DnsRecord(
        DnsRecord.Type.TXT,
        relative(name, registrable),
        name,
        domain.claim().txtToken(),
        DnsRecord.Purpose.OWNERSHIP,
        required,
        domain.recordsSeen().contains("TXT"));
  }

  private static String relative(String name, String registrable) {
    return name.equals(registrable)
        ? "@"
        : name.substring(0, name.length() - registrable.length() - 1);
  }

  /// A name that has become a public suffix since it was added counts as registrable itself.
  private static String registrable(Hostname hostname) {
    return switch (HostnameRules.check(hostname.ascii(), Set.of())) {
      case HostnameCheck.Accepted accepted -> accepted.registrable().ascii();
      case HostnameCheck.Refused _ -> hostname.ascii();
    };
  }
}
