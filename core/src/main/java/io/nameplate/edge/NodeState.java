package io.nameplate.edge;

import io.nameplate.clusters.NodeId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An expected node as its last ack shows it.
///
/// @param position empty: it never acked
/// @param refused entries that it could not apply
public record NodeState(
    NodeId id,
    String name,
    InetSocketAddress https,
    Optional<Position> position,
    Optional<Instant> ackedAt,
    List<Refusal> refused) {

  private static final Duration SILENT_AFTER = Duration.ofSeconds(30);

  public NodeState {
    refused = List.copyOf(refused);
  }

  /// Whether it has applied everything up to `wanted`.
  public boolean has(Position wanted) {
    return position
        .filter(at -> at.epoch() == wanted.epoch() && at.revision() >= wanted.revision())
        .isPresent();
  }

  /// Whether nothing was heard of it for so long that nobody waits for it: acks come every 20 s at
  /// least.
  public boolean silent(Instant now) {
    return ackedAt.filter(at -> now.isBefore(at.plus(SILENT_AFTER))).isEmpty();
  }

  /// An entry that a node could not apply.
  ///
  /// @param reason a code of the edge protocol, such as `certificate-key-mismatch`
  public record Refusal(String hostname, long revision, String reason) {}
}
