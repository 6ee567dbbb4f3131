package io.nameplate.adapters.probes;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.addresses.AddressPolicy;
import io.nameplate.addresses.Cidr;
import io.nameplate.domains.Finding;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Reason;
import io.nameplate.edge.ReachMac;
import io.nameplate.reach.DialResult;
import io.nameplate.reach.Dialled;
import io.nameplate.reach.ReachJudgement;
import io.nameplate.reach.ReachObservation;
import io.nameplate.reach.ReachQuestion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Against real sockets: nodes, proxies and strangers on loopback addresses of their own.
class SocketReachProberIT {
  private static final Instant T0 = Instant.parse("2027-01-01T00:00:00Z");
  private static final Hostname SHOP = new Hostname("shop.acme.com");
  private static final String EDGE = "127.0.91.1";
  private static final String FOREIGN = "127.0.92.1";
  private static final ReachMac MAC = ReachMac.ofClusterKey(new byte[32]);
  private static final ReachMac OTHER_MAC = ReachMac.ofClusterKey(new byte[] {1});

  private final SocketReachProber prober =
      new SocketReachProber(
          new AddressPolicy(List.of(Cidr.parse("127.0.92.0/24")), List.of()),
          Duration.ofSeconds(10));

  @Test
  void knowsANodeOfTheCluster() throws IOException {
    try (var edge = new RawServer(EDGE, 0, answering(MAC))) {
      var seen = dial(edge.port(), EDGE);
      assertThat(only(seen)).isEqualTo(new DialResult.Ours("nod_1"));
      assertThat(edge.requests().getFirst())
          .startsWith("GET /.well-known/nameplate/reach/")
          .contains("\r\nHost: shop.acme.com:" + edge.port() + "\r\n");
    }
  }

  @Test
  void knowsItThroughAProxyThatAddsAndChunks() throws IOException {
    RawServer.Script proxy =
        (request, connection) -> {
          var body = body(request, MAC);
          RawServer.write(
              connection,
              "HTTP/1.1 200 OK\r\nServer: proxy\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                  .formatted(body.length(), body));
        };
    try (var server = new RawServer(FOREIGN, 0, proxy)) {
      assertThat(judged(dial(server.port(), FOREIGN), server.port()).reason())
          .isEqualTo(Reason.REACHED_THROUGH_PROXY);
    }
  }

  @Test
  void isNotFooledByAnotherClustersNode() throws IOException {
    try (var other = new RawServer(FOREIGN, 0, answering(OTHER_MAC))) {
      assertThat(only(dial(other.port(), FOREIGN))).isInstanceOf(DialResult.SomebodyElse.class);
    }
  }

  @Test
  void isNotFooledByAnAnswerOfLastTime() throws IOException {
    var old = "{\"node\":\"nod_1\",\"mac\":\"" + MAC.answer(SHOP, "0".repeat(32), "nod_1") + "\"}";
    RawServer.Script replaying =
        (_, connection) -> RawServer.write(connection, "HTTP/1.1 200 OK\r\n\r\n" + old);
    try (var server = new RawServer(FOREIGN, 0, replaying)) {
      assertThat(only(dial(server.port(), FOREIGN))).isInstanceOf(DialResult.SomebodyElse.class);
    }
  }

  @Test
  void tellsARedirectToHttpsFromAStranger() throws IOException {
    RawServer.Script redirecting =
        (_, connection) ->
            RawServer.write(
                connection,
                "HTTP/1.1 301 Moved\r\nLocation: https://shop.acme.com/x\r\nContent-Length: 0\r\n\r\n");
    try (var server = new RawServer(FOREIGN, 0, redirecting)) {
      assertThat(only(dial(server.port(), FOREIGN)))
          .isEqualTo(new DialResult.Redirected(301, "https://shop.acme.com/x"));
    }
    RawServer.Script elsewhere =
        (_, connection) ->
            RawServer.write(
                connection, "HTTP/1.1 302 Found\r\nLocation: http://parking.example/\r\n\r\n");
    try (var server = new RawServer(FOREIGN, 0, elsewhere)) {
      assertThat(only(dial(server.port(), FOREIGN))).isInstanceOf(DialResult.SomebodyElse.class);
    }
  }

  @Test
  void waitsForNobodyLongerThanItsPatience() throws IOException {
    RawServer.Script dripping =
        (_, connection) -> {
          for (int i = 0; i < 4_000; i++) {
            RawServer.write(connection, "H");
            Thread.sleep(50); // a peer that keeps the connection alive byte by byte
          }
        };
    try (var server = new RawServer(FOREIGN, 0, dripping)) {
      long begin = System.nanoTime();
      assertThat(only(dial(server.port(), FOREIGN))).isInstanceOf(DialResult.Unreachable.class);
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(150));
    }
  }

  @Test
  void asksTheCanaryWhenAnAddressDoesNotAnswer() throws IOException {
    try (var edge = new RawServer(EDGE, 0, answering(MAC))) {
      var seen = dial(edge.port(), EDGE, FOREIGN);
      assertThat(seen.canary().getFirst().result()).isEqualTo(new DialResult.Ours("nod_1"));
      assertThat(judged(seen, edge.port()).reason()).isEqualTo(Reason.UNREACHABLE);
    }
  }

  @Test
  void isBlindWhereTheCanaryIsSilentToo() throws IOException {
    int closed = closedPort();
    assertThat(judged(dial(closed, EDGE), closed).reason()).isEqualTo(Reason.VANTAGE_BLIND);
  }

  @Test
  void neverDialsWhatItMustNot() throws IOException {
    try (var secret = new RawServer("127.0.93.1", 0, answering(MAC))) {
      assertThat(only(dial(secret.port(), "127.0.93.1"))).isInstanceOf(DialResult.NotDialled.class);
      assertThat(secret.requests()).isEmpty();
    }
  }

  private ReachObservation dial(int port, String... addresses) {
    return prober.dial(question(port, addresses), T0);
  }

  private static Finding judged(ReachObservation seen, int port) {
    var addresses =
        seen.dialled().stream()
            .map(Dialled::address)
            .map(InetAddress::getHostAddress)
            .toArray(String[]::new);
    return ReachJudgement.judge(question(port, addresses), seen);
  }

  private static ReachQuestion question(int port, String... addresses) {
    return new ReachQuestion(
        SHOP,
        Arrays.stream(addresses).map(InetAddress::ofLiteral).collect(Collectors.toSet()),
        Set.of(InetAddress.ofLiteral(EDGE)),
        port,
        new Hostname("canary.edge.nameplate.sandbox"),
        MAC);
  }

  private static DialResult only(ReachObservation seen) {
    assertThat(seen.dialled()).hasSize(1);
    return seen.dialled().getFirst().result();
  }

  /// A node, as docs/edge-protocol.md has it.
  private static RawServer.Script answering(ReachMac mac) {
    return (request, connection) -> node(request, connection, mac);
  }

  private static void node(String request, Socket connection, ReachMac mac) throws IOException {
    var body = body(request, mac);
    RawServer.write(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(body.length(), body));
  }

  private static String body(String request, ReachMac mac) {
    var nonce = request.split(" ", -1)[1].replaceFirst(".*/", "");
    var host = request.replaceFirst("(?s).*\r\nHost: ([^:\r]+).*", "$1");
    return "{\"node\":\"nod_1\",\"mac\":\"%s\"}"
        .formatted(mac.answer(new Hostname(host), nonce, "nod_1"));
  }

  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral(EDGE))) {
      return socket.getLocalPort();
    }
  }
}
