package io.nameplate.adapters.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.clusters.NodeId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import io.nameplate.edge.ProbeMac;
import io.nameplate.serving.NodeAddress;
import io.nameplate.serving.NodeSight;
import io.nameplate.serving.ServingQuestion;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/// Against real TLS servers that show certificates of their own making.
class TlsServingProberIT {
  private static final Instant T0 = Instant.parse("2027-01-01T00:00:00Z");
  private static final Hostname SHOP = new Hostname("shop.acme.com");
  private static final NodeId NODE = new NodeId(new UUID(0, 1));
  private static final DomainId DOMAIN = new DomainId(new UUID(0, 2));
  private static final ProbeMac MAC = ProbeMac.ofClusterKey(new byte[32]);
  private static final Identity SHOWN = Identity.make();
  private static final Identity NEXT = Identity.make();

  private final TlsServingProber prober = prober(Duration.ofMinutes(1));
  private final TlsServingProber impatient = prober(Duration.ofMillis(700));

  @Test
  void tellsWhatANodeShows() throws Exception {
    var answer =
        """
        HTTP/1.1 502 Bad Gateway\r
        nameplate-node: %s\r
        Nameplate-Domain: %s\r
        Nameplate-Revision: 7\r
        Nameplate-Edge-Error: origin-unreachable\r
        \r
        """
            .formatted(NODE, DOMAIN);
    try (var server = server(SHOWN, (_, connection) -> RawServer.write(connection, answer))) {
      var seen = (NodeSight.Answered) probe(server.port());
      assertThat(seen.status()).isEqualTo(502);
      assertThat(seen.certificateSha256()).isEqualTo(SHOWN.sha256());
      assertThat(seen.node()).contains(NODE.toString());
      assertThat(seen.domain()).contains(DOMAIN.toString());
      assertThat(seen.revision()).hasValue(7);
      assertThat(seen.edgeError()).contains("origin-unreachable");
    }
  }

  @Test
  void signsItsRequestAndAsksForTheName() throws Exception {
    try (var server = server(SHOWN, TlsServingProberIT::ok)) {
      probe(server.port());
      var request = server.requests().getFirst();
      assertThat(request).startsWith("GET / HTTP/1.1\r\nHost: shop.acme.com\r\n");
      var header = request.replaceFirst("(?s).*Nameplate-Probe: ([^\r]+)\r\n.*", "$1");
      var nonce = header.split(";", -1)[2];
      assertThat(header).isEqualTo(MAC.header(SHOP, T0, nonce));
    }
  }

  /// As after a renewal.
  @Test
  void seesANewCertificateAtOnce() throws Exception {
    var shown = new AtomicReference<>(SHOWN);
    try (var server = new RawServer(listen(shown), TlsServingProberIT::ok)) {
      for (int i = 0; i < 3; i++) {
        assertThat(((NodeSight.Answered) probe(server.port())).certificateSha256())
            .isEqualTo(SHOWN.sha256());
      }
      shown.set(NEXT);
      assertThat(((NodeSight.Answered) probe(server.port())).certificateSha256())
          .isEqualTo(NEXT.sha256());
    }
  }

  @Test
  void tellsARefusedHandshake() throws Exception {
    var socket = listen(new AtomicReference<>(SHOWN));
    var parameters = socket.getSSLParameters();
    parameters.setSNIMatchers(List.of(new OnlyOther()));
    socket.setSSLParameters(parameters);
    try (var server = new RawServer(socket, TlsServingProberIT::ok)) {
      var seen = probe(server.port());
      assertThat(seen).isInstanceOf(NodeSight.HandshakeRefused.class);
      assertThat(((NodeSight.HandshakeRefused) seen).detail()).contains("unrecognized_name");
    }
  }

  @Test
  void tellsANodeThatIsDownFromOneThatHangs() throws Exception {
    int closed;
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.91.1"))) {
      closed = socket.getLocalPort();
    }
    assertThat(probe(closed)).isInstanceOf(NodeSight.Unreachable.class);

    try (var silent = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.91.1"))) {
      assertThat(probe(impatient, silent.getLocalPort()))
          .isEqualTo(new NodeSight.Broken("no TLS handshake within 0.7 s", Optional.empty()));
    }

    RawServer.Script hanging = (_, _) -> Thread.sleep(300_000); // longer than anybody's patience
    try (var server = server(SHOWN, hanging)) {
      var seen = (NodeSight.Broken) probe(prober(Duration.ofSeconds(10)), server.port());
      assertThat(seen.why()).isEqualTo("no answer within 10 s");
      assertThat(seen.certificateSha256()).contains(SHOWN.sha256());
    }
  }

  @Test
  void tellsWhatIsNoHttp() throws Exception {
    RawServer.Script nonsense = (_, connection) -> RawServer.write(connection, "SSH-2.0-x\r\n\r\n");
    try (var server = server(SHOWN, nonsense)) {
      assertThat(probe(server.port())).isInstanceOf(NodeSight.Broken.class);
    }
  }

  @Test
  void believesNoNumbersThatAreNone() throws Exception {
    RawServer.Script odd =
        (_, connection) ->
            RawServer.write(connection, "HTTP/1.1 200 OK\r\nNameplate-Revision: 9e99\r\n\r\n");
    try (var server = server(SHOWN, odd)) {
      assertThat(((NodeSight.Answered) probe(server.port())).revision()).isEmpty();
    }
  }

  private static TlsServingProber prober(Duration patience) {
    return new TlsServingProber(patience, Clock.fixed(T0, ZoneOffset.UTC));
  }

  private NodeSight probe(int port) {
    return probe(prober, port);
  }

  private static NodeSight probe(TlsServingProber prober, int port) {
    var node =
        new NodeAddress(
            NODE, "edge-1", new InetSocketAddress(InetAddress.ofLiteral("127.0.91.1"), port));
    var question = new ServingQuestion(SHOP, DOMAIN, 7, SHOWN.sha256(), List.of(node), MAC);
    return prober.probe(question, T0).nodes().getFirst().sight();
  }

  private static void ok(String request, Socket connection) throws IOException {
    RawServer.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }

  private static RawServer server(Identity identity, RawServer.Script script) throws Exception {
    return new RawServer(listen(new AtomicReference<>(identity)), script);
  }

  private static SSLServerSocket listen(AtomicReference<Identity> shown) throws Exception {
    var tls = SSLContext.getInstance("TLS");
    tls.init(new KeyManager[] {new Shown(shown)}, null, null);
    return (SSLServerSocket)
        tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.ofLiteral("127.0.91.1"));
  }

  /// Shows whatever certificate is set now, as a node does after a renewal.
  private static final class Shown extends X509ExtendedKeyManager {
    private final AtomicReference<Identity> shown;

    Shown(AtomicReference<Identity> shown) {
      this.shown = shown;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return "shown";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {shown.get().certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return shown.get().keys().getPrivate();
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[] {"shown"};
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      throw new UnsupportedOperationException("a node is no client here");
    }
  }

  /// Refuses every name but one.
  private static final class OnlyOther extends SNIMatcher {
    OnlyOther() {
      super(StandardConstants.SNI_HOST_NAME);
    }

    @Override
    public boolean matches(SNIServerName name) {
      return name.equals(new SNIHostName("other.example"));
    }
  }

  private record Identity(KeyPair keys, X509Certificate certificate) {
    static Identity make() {
      try {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        var keys = generator.generateKeyPair();
        var name = new X500Name("CN=shop.acme.com");
        var builder =
            new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(T0),
                Date.from(T0.plus(Duration.ofDays(90))),
                name,
                keys.getPublic());
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        return new Identity(
            keys, new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
      } catch (GeneralSecurityException | OperatorCreationException e) {
        throw new IllegalStateException(e);
      }
    }

    String sha256() {
      try {
        return HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
