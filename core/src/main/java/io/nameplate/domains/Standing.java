package io.nameplate.domains;

import io.nameplate.certificates.PresentCertificate;
import io.nameplate.clusters.Cluster;
import io.nameplate.edge.Entry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// All that the record knows about a domain at one moment: what decisions about it are made from.
///
/// @param conditions what was found; an absent one was never looked at
/// @param heldBy the domain that holds the hostname, of whichever team; empty: nobody
/// @param addressProves whether the cluster's address proves this claim: the cluster has only ever
///   served this team, and nobody else held the name before
/// @param certificate the wanted certificate; empty: none was issued yet
/// @param olderCertificates whether there are others that were not retired yet
/// @param entry what nodes were last told; empty: nothing, or another domain has the name's entry
public record Standing(
    Domain domain,
    Cluster cluster,
    Map<ConditionType, Condition> conditions,
    Optional<DomainId> heldBy,
    boolean addressProves,
    Optional<PresentCertificate> certificate,
    boolean olderCertificates,
    Optional<Entry> entry) {

  public Standing {
    conditions = Map.copyOf(conditions);
  }

  /// The condition of a type; empty: never looked at.
  public Optional<Condition> condition(ConditionType type) {
    return Optional.ofNullable(conditions.get(type));
  }

  /// Whether another domain holds the hostname.
  public boolean heldElsewhere() {
    return heldBy.filter(holder -> !holder.equals(domain.id())).isPresent();
  }

  /// Where the claim's CNAME points.
  public String cnameTarget() {
    return domain.claim().cnameLabel() + "." + cluster.cnameZone();
  }

  /// How it will stand after `change`.
  public Standing after(Change change) {
    var all = new EnumMap<ConditionType, Condition>(ConditionType.class);
    all.putAll(conditions);
    change.conditions().forEach(newer -> all.merge(newer.type(), newer, Standing::newer));
    var holder = change.progress().holder() ? Optional.of(domain.id()) : heldBy;
    return new Standing(
        change.progress().on(domain, domain.status()),
        cluster,
        all,
        holder,
        addressProves,
        certificate,
        olderCertificates,
        entry);
  }

  /// The same with a status.
  public Standing with(DomainStatus status) {
    return new Standing(
        Progress.of(domain).on(domain, status),
        cluster,
        conditions,
        heldBy,
        addressProves,
        certificate,
        olderCertificates,
        entry);
  }

  private static Condition newer(Condition known, Condition look) {
    return look.outdatedBy(known) ? known : look.continuing(known);
  }
}
