package io.nameplate.edge;

import io.nameplate.clusters.NodeId;
import io.nameplate.domains.Hostname;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// An expected node as its last ack shows it.
///
/// @param position empty: it never acked
/// @param heardAt when it last acked, or joined
/// @param laggingSince when an ack first showed it behind its cluster's position; empty: its last
///   one did not
/// @param refused entries that it could not apply
/// @param held removals that it holds back
public record NodeState(
    NodeId id,
    String name,
    InetSocketAddress https,
    Optional<Position> position,
    Instant heardAt,
    Optional<Instant> laggingSince,
    List<Refusal> refused,
    Held held) {

  /// So long a node may be silent or lag before the domain goes on without it, as degraded.
  public static final Duration PATIENCE = Duration.ofSeconds(30);

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
    return !now.isBefore(heardAt.plus(PATIENCE));
  }

  /// Whether it is behind `wanted`, and was for so long that nobody waits for it. A node that was
  /// current when it last acked fell behind after that.
  ///
  /// @param toldAt when `wanted` was written
  public boolean lags(Position wanted, Instant toldAt, Instant now) {
    var behindSince = laggingSince.orElse(heardAt);
    var since = behindSince.isAfter(toldAt) ? behindSince : toldAt;
    return !has(wanted) && !now.isBefore(since.plus(PATIENCE));
  }

  /// What it refused of a name's entry at `wanted` or later; empty: nothing.
  public Optional<Refusal> refusal(Hostname name, Position wanted) {
    return refused.stream()
        .filter(one -> one.hostname().equals(name.ascii()))
        .filter(one -> has(wanted) && one.revision() >= wanted.revision())
        .findFirst();
  }

  /// Whether it knows of a name's removal at `wanted` and does not serve the name any longer.
  public boolean letGo(Hostname name, Position wanted) {
    return has(wanted) && !held.mayBe(name);
  }

  /// Removals that a node's guard holds back until an operator confirms them: it knows of them and
  /// serves the names on.
  ///
  /// @param count of all of them
  /// @param hostnames as many of them as the node named
  public record Held(long count, Set<String> hostnames) {
    /// Nothing is held back.
    public static final Held NONE = new Held(0, Set.of());

    public Held {
      hostnames = Set.copyOf(hostnames);
    }

    /// Whether the name's removal is held back, or may be since not all are named.
    boolean mayBe(Hostname name) {
      return hostnames.contains(name.ascii()) || hostnames.size() < count;
    }
  }

  /// An entry that a node could not apply.
  ///
  /// @param reason a code of the edge protocol, such as `certificate-key-mismatch`
  public record Refusal(String hostname, long revision, String reason) {}
}
