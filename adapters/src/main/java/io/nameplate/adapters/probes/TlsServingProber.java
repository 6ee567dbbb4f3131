package io.nameplate.adapters.probes;

import io.nameplate.domains.Hostname;
import io.nameplate.serving.NodeAddress;
import io.nameplate.serving.NodeSight;
import io.nameplate.serving.ServingObservation;
import io.nameplate.serving.ServingProber;
import io.nameplate.serving.ServingQuestion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/// Asks nodes over TLS with the JDK's own stack. Every probe is a full handshake: a resumed one
/// would show the certificate of last time. Thread-safe.
public final class TlsServingProber implements ServingProber {
  /// Until when nodes are not tried again that did not take a connection in time: a dead node must
  /// not make the looks at all its domains take as long as one.
  private final ConcurrentMap<InetSocketAddress, Instant> deaf = new ConcurrentHashMap<>();

  private final Duration patience;
  private final Clock clock;

  /// @param patience how long one node may take from connecting to the answer's head
  /// @param clock dates the probes' signatures
  public TlsServingProber(Duration patience, Clock clock) {
    this.patience = patience;
    this.clock = clock;
  }

  @Override
  public ServingObservation probe(ServingQuestion question, Instant now) {
    var probes =
        question.nodes().stream()
            .map(node ->
                (Callable<ServingObservation.Seen>)
                    () -> new ServingObservation.Seen(node, probe(question, node)))
            .toList();
    return new ServingObservation(now, SideBySide.run(probes));
  }

  private NodeSight probe(ServingQuestion question, NodeAddress node) {
    var deadline = Deadline.in(patience);
    var lately = deaf.get(node.https());
    if (lately != null && clock.instant().isBefore(lately)) {
      return deaf();
    }
    try (var plain = new Socket()) {
      plain.setTcpNoDelay(true);
      plain.connect(node.https(), deadline.leftMillis());
      deaf.remove(node.https());
      return handshake(question, plain, deadline);
    } catch (SocketTimeoutException e) {
      deaf.put(node.https(), clock.instant().plus(patience));
      return deaf();
    } catch (IOException e) {
      return new NodeSight.Unreachable(String.valueOf(e.getMessage()));
    }
  }

  private NodeSight deaf() {
    return new NodeSight.Unreachable("no connection within " + Deadline.shown(patience));
  }

  private NodeSight handshake(ServingQuestion question, Socket plain, Deadline deadline)
      throws IOException {
    try (var socket = (SSLSocket) fresh().getSocketFactory().createSocket(plain, null, -1, true)) {
      var parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(question.name().ascii())));
      parameters.setApplicationProtocols(new String[] {"http/1.1"});
      // Nodes speak it always; offering one group spares making keys for others.
      parameters.setNamedGroups(new String[] {"x25519"});
      socket.setSSLParameters(parameters);
      deadline.applyTo(socket);
      socket.startHandshake();
      return exchange(question, socket, deadline);
    } catch (SocketTimeoutException e) {
      return new NodeSight.Broken(
          "no TLS handshake within " + Deadline.shown(patience), Optional.empty());
    } catch (SSLException e) {
      return new NodeSight.HandshakeRefused(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new NodeSight.Broken("broken off: " + e.getMessage(), Optional.empty());
    }
  }

  /// A context has a memory of sessions, by address and port and not by name: one for two names
  /// would resume the first name's session for the second, and show its certificate. A new one
  /// costs less than a tenth of a handshake.
  private static SSLContext fresh() {
    try {
      var tls = SSLContext.getInstance("TLSv1.3");
      tls.init(null, new TrustManager[] {new ShownCertificate()}, null);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS 1.3", e);
    }
  }

  private NodeSight exchange(ServingQuestion question, SSLSocket socket, Deadline deadline)
      throws IOException {
    var certificate = ShownCertificate.sha256(socket.getSession());
    try {
      var probe = question.mac().header(question.name(), clock.instant(), Nonces.next());
      socket.getOutputStream().write(request(question.name(), probe));
      var answer = HttpAnswer.head(DeadlineInput.of(socket, deadline));
      return new NodeSight.Answered(
          answer.status(),
          certificate,
          answer.header("nameplate-node"),
          answer.header("nameplate-domain"),
          revision(answer),
          answer.header("nameplate-edge-error"));
    } catch (SocketTimeoutException e) {
      return new NodeSight.Broken(
          "no answer within " + Deadline.shown(patience), Optional.of(certificate));
    } catch (IOException e) {
      return new NodeSight.Broken(String.valueOf(e.getMessage()), Optional.of(certificate));
    }
  }

  private static OptionalLong revision(HttpAnswer answer) {
    return answer
        .header("nameplate-revision")
        .filter(text -> text.matches("\\d{1,18}"))
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }

  private static byte[] request(Hostname name, String probe) {
    return """
    GET / HTTP/1.1\r
    Host: %s\r
    User-Agent: Nameplate-Probe/1\r
    Accept: */*\r
    Nameplate-Probe: %s\r
    Connection: close\r
    \r
    """
        .formatted(name, probe)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
