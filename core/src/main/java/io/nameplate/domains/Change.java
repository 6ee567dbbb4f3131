package io.nameplate.domains;

import io.nameplate.clusters.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// What a run writes about a domain in one transaction.
///
/// @param conditions those that were judged
/// @param proofs what nodes showed
public record Change(Progress progress, List<Condition> conditions, List<NodeProof> proofs) {
  public Change {
    conditions = List.copyOf(conditions);
    proofs = List.copyOf(proofs);
  }

  /// No node was asked.
  public Change(Progress progress, List<Condition> conditions) {
    this(progress, conditions, List.of());
  }

  /// Nothing to write: something newer is known.
  public static Change none(Domain domain) {
    return new Change(Progress.of(domain), List.of());
  }

  /// This, and then `later`, which was made from how the domain stands after this.
  public Change then(Change later) {
    return new Change(
        later.progress,
        Stream.concat(conditions.stream(), later.conditions.stream()).toList(),
        Stream.concat(proofs.stream(), later.proofs.stream()).toList());
  }

  /// A node that showed the wanted certificate and entry.
  ///
  /// @param revision of the entry that was asked for; the node may have shown a later one
  /// @param certificateSha256 of the certificate it showed, 64 lower-case hex digits
  public record NodeProof(NodeId node, long revision, String certificateSha256, Instant at) {}
}
