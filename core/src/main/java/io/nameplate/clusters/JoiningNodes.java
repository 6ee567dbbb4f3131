package io.nameplate.clusters;

import java.util.List;

/// Nodes that wait for their certificate.
public interface JoiningNodes {

  /// Those that wait, oldest first, some at a time.
  List<JoiningNode> waiting();

  /// Lets a node in: stores its certificate and the cluster's key sealed to it. Does nothing when
  /// it does not wait any longer.
  ///
  /// @param certificate PEM, the node's own first
  /// @param sha256 of the node's certificate in DER form, hex
  void admit(NodeId node, String certificate, String sha256, Sealed clusterKey);

  /// Turns away a node whose request can never be signed: it is revoked.
  void refuse(NodeId node);

  /// A node as it asked to join.
  ///
  /// @param csr PEM
  /// @param sealingKey X25519, the 32 bytes of RFC 7748 in hex
  record JoiningNode(NodeId id, ClusterId cluster, String csr, String sealingKey) {}
}
