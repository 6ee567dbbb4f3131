package io.nameplate.domains;

import io.nameplate.clusters.Node;
import io.nameplate.clusters.NodeState;
import java.time.Instant;
import java.util.Optional;

/// A node that serves a domain.
///
/// @param state towards the domain's own entry
/// @param provedAt when the node last showed the domain's wanted certificate and entry; empty:
///   never
public record ServedBy(Node node, NodeState state, Optional<Instant> provedAt) {}
