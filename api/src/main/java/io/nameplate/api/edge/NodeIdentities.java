package io.nameplate.api.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.nameplate.edge.EdgeFeed;
import io.nameplate.edge.EdgeFeed.KnownNode;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/// Which node a connection's certificate belongs to.
final class NodeIdentities {
  /// A revoked node gets nothing after this; its parked polls are let go besides.
  private static final Duration REMEMBERED = Duration.ofSeconds(10);

  private static final int MOST_NODES = 20_000;

  private final EdgeFeed feed;
  private final Cache<String, Optional<KnownNode>> known =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MOST_NODES).build();

  NodeIdentities(EdgeFeed feed) {
    this.feed = feed;
  }

  /// The node that makes a request.
  ///
  /// @throws EdgeProblem if it shows no certificate, an unknown one, or a revoked node's
  KnownNode of(Request request) {
    var fingerprint =
        certificate(request)
            .map(NodeIdentities::sha256)
            .orElseThrow(() -> new EdgeProblem(EdgeProblem.Kind.NODE_UNKNOWN));
    var node =
        known
            .get(HexFormat.of().formatHex(fingerprint), _ -> feed.node(fingerprint))
            .orElseThrow(() -> new EdgeProblem(EdgeProblem.Kind.NODE_UNKNOWN));
    if (node.revoked()) {
      throw new EdgeProblem(EdgeProblem.Kind.NODE_REVOKED);
    }
    return node;
  }

  private static Optional<X509Certificate> certificate(Request request) {
    return request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
                instanceof EndPoint.SslSessionData session
            && session.peerCertificates() != null
            && session.peerCertificates().length > 0
        ? Optional.of(session.peerCertificates()[0])
        : Optional.empty();
  }

  private static byte[] sha256(X509Certificate certificate) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }
}
