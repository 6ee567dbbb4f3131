package io.nameplate.sdk;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A team's claim on a hostname, with its origin and all that is known about it.
///
/// @param hostname A-labels, lower case, no trailing dot
/// @param hostnameUnicode the same name as people write it
/// @param holder whether this domain holds the hostname; only the holder is served
/// @param dnsRecords every record that the name's owner has to set, one value each
/// @param certificate empty until the first one is issued
public record Domain(
    String id,
    String teamId,
    String hostname,
    String hostnameUnicode,
    DomainStatus status,
    Origin origin,
    String clusterId,
    boolean holder,
    TransferState transfer,
    List<Condition> conditions,
    List<DnsRecord> dnsRecords,
    Optional<Certificate> certificate,
    List<DomainNode> nodes,
    Instant createdAt,
    Instant updatedAt) {

  public Domain {
    conditions = List.copyOf(conditions);
    dnsRecords = List.copyOf(dnsRecords);
    nodes = List.copyOf(nodes);
  }

  /// Whether the name answers over HTTPS on every node.
  public boolean isActive() {
    return status == DomainStatus.ACTIVE;
  }

  /// The answer to one question about the domain; empty if it was not asked yet.
  public Optional<Condition> condition(ConditionType type) {
    return conditions.stream().filter(condition -> condition.type() == type).findFirst();
  }

  /// The conditions that fail now, in the order of the life cycle.
  public List<Condition> failing() {
    return conditions.stream()
        .filter(condition -> condition.state() == ConditionState.FAILING)
        .toList();
  }
}
