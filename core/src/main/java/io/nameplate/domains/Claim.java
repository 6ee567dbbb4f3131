package io.nameplate.domains;

import java.time.Instant;
import java.util.Optional;

/// What a team holds in hand to prove that a hostname is theirs, and how far that got.
///
/// @param cnameLabel minted for this claim; with the cluster's zone it makes the CNAME target
/// @param txtToken minted for this claim
/// @param holder whether this domain holds the hostname: of all claims on it, at most one does
/// @param proof how the claim is proved now; empty: it is not
/// @param provedAt when it last was
/// @param transferRequestedAt when the team asked for a name that another team holds
public record Claim(
    String cnameLabel,
    String txtToken,
    boolean holder,
    Optional<Proof> proof,
    Optional<Instant> provedAt,
    Optional<Instant> transferRequestedAt) {}
