package io.nameplate.domains;

import io.nameplate.certificates.CertificateFacts;
import io.nameplate.clusters.Cluster;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A domain with all that is shown about it.
///
/// @param conditions a type that was never looked at is missing
/// @param certificate the one that is served or about to be; empty: none yet
/// @param addressProves whether pointing at the cluster's addresses proves the claim
public record DomainView(
    Domain domain,
    Cluster cluster,
    Map<ConditionType, Condition> conditions,
    Optional<CertificateFacts> certificate,
    List<ServedBy> nodes,
    TransferState transfer,
    boolean addressProves) {

  public DomainView {
    conditions = Map.copyOf(conditions);
    nodes = List.copyOf(nodes);
  }

  /// The records that its owner has to set.
  public List<DnsRecord> records() {
    return WantedRecords.of(domain, cluster, addressProves);
  }
}
