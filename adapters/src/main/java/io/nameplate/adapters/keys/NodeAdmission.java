package io.nameplate.adapters.keys;

import io.nameplate.clusters.JoiningNodes;
import io.nameplate.clusters.JoiningNodes.JoiningNode;
import io.nameplate.clusters.WrappedKeys;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets joining nodes in: signs their requests and seals their cluster's key to them. Runs in the
/// worker, which alone has the keys.
public final class NodeAdmission {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAdmission.class);
  // A node asks each second; a fifth of that is not noticed, and the query costs a few
  // microseconds.
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

  private final JoiningNodes nodes;
  private final WrappedClusterKeys clusterKeys;
  private final NodeAuthority authority;

  public NodeAdmission(
      JoiningNodes nodes,
      WrappedClusterKeys clusterKeys,
      MasterKey master,
      WrappedKeys record,
      InstantSource clock) {
    this.nodes = nodes;
    this.clusterKeys = clusterKeys;
    this.authority = new NodeAuthority(master, record, clock);
  }

  /// Admits until the thread is interrupted. A failure, such as a database that is away, is logged
  /// when it begins and when it ends.
  public void keepAdmitting() {
    var failing = false;
    try {
      while (true) {
        failing = admit(failing);
        Thread.sleep(failing ? PAUSE_AFTER_FAILURE : PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean admit(boolean wasFailing) {
    try {
      admitWaiting();
      if (wasFailing) {
        LOG.info("nodes are admitted again");
      }
      return false;
    } catch (RuntimeException e) {
      if (!wasFailing) {
        LOG.warn("nodes cannot be admitted now; trying on", e);
      }
      return true;
    }
  }

  /// Admits all nodes that wait now.
  public void admitWaiting() {
    for (var node : nodes.waiting()) {
      admit(node);
    }
  }

  private void admit(JoiningNode node) {
    try {
      var certificate = authority.sign(node.id(), node.csr());
      var sealed =
          NodeSealing.seal(
              clusterKeys.clusterKey(node.cluster()),
              node.cluster().toString(),
              node.id().toString(),
              HexFormat.of().parseHex(node.sealingKey()));
      nodes.admit(node.id(), NodeAuthority.pem(certificate), fingerprint(certificate), sealed);
      LOG.info("node admitted node={} cluster={}", node.id(), node.cluster());
    } catch (NodeAuthority.CsrRefused | GeneralSecurityException e) {
      nodes.refuse(node.id());
      LOG.warn("node refused node={} cluster={} why={}", node.id(), node.cluster(), e.getMessage());
    }
  }

  private static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
  }
}
