package io.nameplate.edge;

import io.nameplate.clusters.ClusterId;
import io.nameplate.clusters.NodeId;
import io.nameplate.rollouts.EdgePolicy;
import io.nameplate.rollouts.Permission;
import io.nameplate.rollouts.Tally;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What nodes read from the record and report to it: the control plane's side of
/// `docs/edge-protocol.md`.
public interface EdgeFeed {
  /// The node whose client certificate has this SHA-256; empty: nobody's.
  Optional<KnownNode> node(byte[] fingerprint);

  /// Spends a join token on a node. The same token with the same request gets the same answer.
  Joining join(byte[] tokenHash, NodeRequest request);

  /// How far the node is that spent this token; empty: no such node.
  Optional<Admission> admission(byte[] tokenHash, NodeId node);

  /// Where these clusters are now; unknown ones are absent.
  Map<ClusterId, Position> positions(Set<ClusterId> clusters);

  /// Of these nodes those whose access has ended.
  Set<NodeId> revokedAmong(Set<NodeId> nodes);

  /// The newest state of each name and of each challenge whose revision lies after a position, all
  /// as of one moment.
  ///
  /// @param limit of entries and answers together
  Batch changes(ClusterId cluster, Since since, int limit);

  /// The newest state of these names, as far as the cluster has them, as of one moment.
  Batch.Changes entries(ClusterId cluster, List<String> hostnames);

  /// Tells every name of a cluster with its newest revision, as of one moment, and all answers.
  void outline(ClusterId cluster, Outline to);

  /// Stores what a node reports. While a rollout of its cluster is watched, it is judged anew.
  Acknowledged acked(KnownNode node, Report report);

  /// Whether a node may go over to a build. Asked again, it says the same, or what has come of the
  /// build meanwhile.
  Permission upgrade(KnownNode node, String build);

  /// One challenge's answer that has not expired.
  Optional<Answer> answer(ClusterId cluster, String hostname, String token);

  /// A node with a certificate.
  ///
  /// @param revoked whether its access has ended
  record KnownNode(NodeId id, ClusterId cluster, boolean revoked) {}

  /// What a node says about itself when it joins.
  ///
  /// @param csr PEM
  /// @param sealingKey X25519, the 32 bytes of RFC 7748 in base64
  record NodeRequest(
      NodeId id,
      String name,
      String csr,
      String sealingKey,
      String httpsAddress,
      String httpAddress,
      String version,
      List<String> features) {}

  /// What came of a request to join.
  sealed interface Joining {
    /// It waits for the worker's signature now, or is signed already.
    record Accepted(NodeId node, ClusterId cluster) implements Joining {}

    /// Unknown or expired.
    record TokenInvalid() implements Joining {}

    /// Used for another request.
    record TokenSpent() implements Joining {}
  }

  /// How far a joining node is.
  sealed interface Admission {
    /// Not signed yet.
    record Pending() implements Admission {}

    /// Signed.
    ///
    /// @param certificate PEM
    record Ready(String certificate, String sealedClusterKey, ClusterId cluster, int httpPort)
        implements Admission {}

    /// Turned away.
    record Revoked() implements Admission {}
  }

  /// Where reading begins.
  ///
  /// @param after revision 0 of epoch 0 reads everything
  /// @param snapshot whether `after` is where a page of everything ended: removals that were
  ///   forgotten before do not matter then
  record Since(Position after, boolean snapshot) {
    /// Whether everything is read from its beginning.
    public boolean everything() {
      return after.epoch() == 0 && after.revision() == 0;
    }
  }

  /// Takes an outline as it is read: first where the cluster is, then the names in no order, then
  /// the answers.
  interface Outline {
    /// Comes first.
    ///
    /// @param epochFrom the revision at which the epoch began
    void begins(Position at, long epochFrom);

    void name(String hostname, long revision, boolean removed);

    void answer(Answer answer);
  }

  /// What a node is told after its report.
  ///
  /// @param digestMatches whether its digest is the cluster's; empty: it is not at the cluster's
  ///   position
  /// @param confirmRemovals whether it may carry out the removals that it holds back
  record Acknowledged(Optional<Boolean> digestMatches, boolean confirmRemovals, Follow policy) {}

  /// What a node has to follow.
  ///
  /// @param revision 0 when there is no policy
  record Follow(long revision, EdgePolicy policy) {
    /// No policy.
    public static final Follow NOTHING = new Follow(0, EdgePolicy.NONE);
  }

  /// What follows a position.
  sealed interface Batch {
    /// Changes up to `reached`; `more` says that another read answers at once.
    record Changes(Position reached, boolean more, List<Change> entries, List<Answer> answers)
        implements Batch {}

    /// Tombstones after the position are gone: only everything helps.
    record TooOld() implements Batch {}

    /// The position belongs to another epoch.
    record OtherEpoch(long epoch) implements Batch {}
  }

  /// The newest state of a name.
  record Change(
      Entry entry, String team, Optional<SealedCertificate> certificate, List<String> requires) {}

  /// A certificate with its key, sealed for the node's cluster.
  ///
  /// @param chain PEM, leaf first
  record SealedCertificate(
      String id, String chain, String sealedKey, Instant notBefore, Instant notAfter) {}

  /// The answer to a challenge.
  record Answer(
      String hostname,
      String token,
      String value,
      Instant expiresAt,
      long revision,
      boolean removed) {}

  /// What a node reports after it applied changes.
  ///
  /// @param digest of all it holds, 16 hex digits
  /// @param held hostnames whose removal it holds back, as many as it named
  /// @param refused JSON, as it came
  /// @param counted empty: the node does not count
  /// @param policy the revision that it follows; 0: none
  record Report(
      Position position,
      String digest,
      long names,
      long heldRemovals,
      List<String> held,
      String refused,
      String version,
      boolean ready,
      Optional<Counted> counted,
      long policy) {}

  /// What visitors wanted of a node's process since it started.
  record Counted(Instant since, Tally tally) {}
}
