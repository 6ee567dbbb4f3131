package io.nameplate.edge;

import io.nameplate.domains.Hostname;
import java.time.Instant;
import javax.crypto.SecretKey;

/// Signs probes, so that a node tells them from visitors' requests (docs/edge-protocol.md).
public final class ProbeMac {
  private final EdgeMac mac;

  private ProbeMac(EdgeMac mac) {
    this.mac = mac;
  }

  /// For the cluster with this key (32 bytes).
  public static ProbeMac ofClusterKey(byte[] clusterKey) {
    return new ProbeMac(EdgeMac.derive(clusterKey, "nameplate/probe/v1"));
  }

  /// With the cluster's probe key, already derived.
  public static ProbeMac of(SecretKey probeKey) {
    return new ProbeMac(new EdgeMac(probeKey));
  }

  /// The value of the `Nameplate-Probe` header. Nodes take it for 60 seconds around `now`.
  public String header(Hostname name, Instant now, String nonce) {
    var seconds = now.getEpochSecond();
    return "v1;%d;%s;%s"
        .formatted(seconds, nonce, mac.hex("v1|%d|%s|%s".formatted(seconds, nonce, name)));
  }

  @Override
  public String toString() {
    return "ProbeMac";
  }
}
