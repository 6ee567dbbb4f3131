package io.nameplate.edge;

import io.nameplate.certificates.CertificateId;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Origin;
import java.time.Instant;
import java.util.Optional;

/// All an edge needs to serve one name, as it was last written.
///
/// @param origin empty for a tombstone
/// @param certificate empty: none issued yet
public record Entry(
    ClusterId cluster,
    Hostname hostname,
    DomainId domain,
    Position position,
    EntryState state,
    Optional<Origin> origin,
    Optional<CertificateId> certificate,
    Instant changedAt) {}
