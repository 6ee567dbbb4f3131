package io.nameplate.edge;

import io.nameplate.domains.Hostname;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import javax.crypto.SecretKey;

/// Recognises a cluster's answers to a nonce (docs/edge-protocol.md): a MAC over hostname, nonce
/// and node that only holders of the cluster's key can make.
public final class ReachMac {
  private final EdgeMac mac;

  private ReachMac(EdgeMac mac) {
    this.mac = mac;
  }

  /// For the cluster with this key (32 bytes).
  public static ReachMac ofClusterKey(byte[] clusterKey) {
    return new ReachMac(EdgeMac.derive(clusterKey, "nameplate/reach/v1"));
  }

  /// With the cluster's reach key, already derived.
  public static ReachMac of(SecretKey reachKey) {
    return new ReachMac(new EdgeMac(reachKey));
  }

  /// The MAC a node gives, as lower-case hex digits.
  public String answer(Hostname name, String nonce, String node) {
    return mac.hex(name + "|" + nonce + "|" + node);
  }

  /// Whether `answer` is what that node gives; takes the same time either way.
  public boolean matches(Hostname name, String nonce, String node, String answer) {
    return MessageDigest.isEqual(
        answer(name, nonce, node).getBytes(StandardCharsets.US_ASCII),
        answer.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public String toString() {
    return "ReachMac";
  }
}
