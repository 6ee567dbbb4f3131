package io.nameplate.sdk;

import java.time.Instant;
import java.util.Optional;

/// How far one edge node is with one domain.
///
/// @param provedAt when the node last showed the domain's wanted certificate and entry
public record DomainNode(String id, String name, NodeState state, Optional<Instant> provedAt) {}
