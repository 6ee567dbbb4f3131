package io.nameplate.sdk;

import java.time.Instant;
import java.util.Optional;

/// One edge process of a cluster.
///
/// @param httpsAddress host and port
/// @param httpAddress host and port
/// @param position epoch and revision, joined by a dot; empty before its first acknowledgement
/// @param heldRemovals names it was told to remove and still serves, until an operator confirms
///   that so many are right
/// @param digestDiffers whether what it holds differed from the cluster's when the two were last
///   compared; it repairs that by itself
public record Node(
    String id,
    String name,
    NodeState state,
    String httpsAddress,
    String httpAddress,
    Optional<String> version,
    Optional<String> position,
    long heldRemovals,
    boolean digestDiffers,
    Optional<Instant> ackedAt) {}
