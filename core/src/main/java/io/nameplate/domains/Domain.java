package io.nameplate.domains;

import io.nameplate.certificates.CertificateId;
import io.nameplate.clusters.ClusterId;
import io.nameplate.teams.TeamId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A team's claim on a hostname, with its origin and its placement on a cluster: one row of the
/// record.
///
/// @param generation grows with every change of what is wanted
/// @param recordsSeen which of the wanted records the last look found, as `CNAME`, `TXT`, `A
///   203.0.113.7`
/// @param certificate the wanted certificate
/// @param wasActive whether it ever was; a domain that was never active cannot have moved
/// @param verifySince begin of the seven days after which rechecking gives up
/// @param dueAt when a run is needed at the latest; empty: at rest
/// @param removedAt when the team removed it; empty: it has not
public record Domain(
    DomainId id,
    TeamId team,
    ClusterId cluster,
    Hostname hostname,
    String hostnameUnicode,
    Origin origin,
    Wanted wanted,
    long generation,
    DomainStatus status,
    Claim claim,
    List<String> recordsSeen,
    Optional<CertificateId> certificate,
    boolean wasActive,
    Optional<Instant> movedSince,
    Instant verifySince,
    Optional<Instant> checkRequestedAt,
    Optional<Instant> checkedAt,
    Optional<Instant> dueAt,
    Instant createdAt,
    Instant updatedAt,
    Optional<Instant> removedAt) {

  public Domain {
    recordsSeen = List.copyOf(recordsSeen);
  }
}
