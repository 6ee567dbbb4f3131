package io.nameplate.domains;

import io.nameplate.clusters.ClusterId;
import java.util.Optional;

/// A claim as a team makes it.
///
/// @param id made before the first write, so that a repeated write lands on the same row
/// @param cluster where to serve it; empty: the team's own cluster, or else the shared one
/// @param cnameLabel for the claim, unless the team removed the same name within 30 days: then it
///   has its old one again
/// @param txtToken likewise
public record NewDomain(
    DomainId id,
    HostnameCheck.Accepted name,
    Origin origin,
    Optional<ClusterId> cluster,
    String cnameLabel,
    String txtToken) {}
