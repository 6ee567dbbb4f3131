package io.nameplate.rollouts;

import io.nameplate.clusters.NodeId;
import java.time.Instant;
import java.util.Optional;

/// A change on its way to a cluster's nodes: one first, then all.
///
/// @param number counts in the cluster from 1 on; a policy's revision
/// @param first the node that has it first
/// @param firstName what people call that node
/// @param why how it stands, or why it ended, as a sentence
/// @param ended when all were allowed to have it, or it was taken back; empty while it is watched
public record Rollout(
    long number,
    Change change,
    State state,
    NodeId first,
    String firstName,
    String why,
    Instant begun,
    Optional<Instant> ended) {
  /// How far it is.
  public enum State {
    /// One node has it, or is to have it.
    WATCHING,
    /// All nodes may have it.
    DONE,
    /// It was taken back from the first node, or should be.
    STOPPED
  }
}
