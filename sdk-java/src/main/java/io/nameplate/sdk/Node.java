package io.nameplate.sdk;

import java.time.Instant;
import java.util.Optional;

/// One edge process of a cluster.
///
/// @param httpsAddress host and port
/// @param httpAddress host and port
/// @param position epoch and revision, joined by a dot; empty before its first acknowledgement
public record Node(
    String id,
    String name,
    NodeState state,
    String httpsAddress,
    String httpAddress,
    Optional<String> version,
    Optional<String> position,
    Optional<Instant> ackedAt) {}
