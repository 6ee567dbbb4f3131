package io.nameplate.adapters.probes;

import io.nameplate.addresses.AddressPolicy;
import io.nameplate.domains.Hostname;
import io.nameplate.edge.ReachMac;
import io.nameplate.reach.DialResult;
import io.nameplate.reach.Dialled;
import io.nameplate.reach.ReachObservation;
import io.nameplate.reach.ReachProber;
import io.nameplate.reach.ReachQuestion;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/// Dials a name's addresses with sockets of its own: the very address that was checked, no
/// redirects, no names resolved. Thread-safe.
public final class SocketReachProber implements ReachProber {
  private static final Pattern NODE = Pattern.compile("\"node\"\\s*:\\s*\"([A-Za-z0-9_-]{1,80})\"");
  private static final Pattern MAC = Pattern.compile("\"mac\"\\s*:\\s*\"([0-9a-f]{64})\"");
  private static final int MOST_BODY_BYTES = 4096;

  /// A name with more addresses than this is a proxy's with many; these tell enough.
  private static final int MOST_ADDRESSES = 16;

  private final AddressPolicy policy;
  private final Duration patience;

  /// @param policy which addresses of a name may be dialled, beside the cluster's own
  /// @param patience how long one address may take from connecting to the answer's end
  public SocketReachProber(AddressPolicy policy, Duration patience) {
    this.policy = policy;
    this.patience = patience;
  }

  @Override
  public ReachObservation dial(ReachQuestion question, Instant now) {
    var dialled = dialAll(question, question.addresses(), question.name());
    var failed = dialled.stream().anyMatch(d -> d.result() instanceof DialResult.Unreachable);
    var canary =
        failed
            ? dialAll(question, question.clusterAddresses(), question.canary())
            : List.<Dialled>of();
    return new ReachObservation(now, dialled, canary);
  }

  private List<Dialled> dialAll(ReachQuestion question, Set<InetAddress> addresses, Hostname name) {
    return SideBySide.run(
        addresses.stream()
            .sorted(Comparator.comparing(io.nameplate.addresses.AddressText::of))
            .limit(MOST_ADDRESSES)
            .map(address -> (Callable<Dialled>) () -> dial(question, address, name))
            .toList());
  }

  private Dialled dial(ReachQuestion question, InetAddress address, Hostname name) {
    if (!question.clusterAddresses().contains(address)) {
      var objection = policy.objection(address);
      if (objection.isPresent()) {
        return new Dialled(address, new DialResult.NotDialled(objection.get()));
      }
    }
    return new Dialled(
        address,
        exchange(new InetSocketAddress(address, question.httpPort()), name, question.mac()));
  }

  private DialResult exchange(InetSocketAddress address, Hostname name, ReachMac mac) {
    var nonce = Nonces.next();
    var deadline = Deadline.in(patience);
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(address, deadline.leftMillis());
      socket.getOutputStream().write(request(name, address.getPort(), nonce));
      var answer = HttpAnswer.whole(DeadlineInput.of(socket, deadline), MOST_BODY_BYTES);
      return judge(answer, name, nonce, mac);
    } catch (SocketTimeoutException e) {
      return new DialResult.Unreachable("no answer within " + Deadline.shown(patience));
    } catch (NoRouteToHostException e) {
      return noRoute(address);
    } catch (ConnectException e) {
      return noFamily(e) ? noRoute(address) : new DialResult.Unreachable("connection refused");
    } catch (SocketException e) {
      return noFamily(e) ? noRoute(address) : new DialResult.Unreachable("connection broken off");
    } catch (IOException e) {
      return new DialResult.SomebodyElse(String.valueOf(e.getMessage()));
    }
  }

  /// Only IPv6 is ever missing as a whole; a lost way to one IPv4 address is its own failure.
  private static DialResult noRoute(InetSocketAddress address) {
    return address.getAddress().getAddress().length == 16
        ? new DialResult.NoRoute()
        : new DialResult.Unreachable("no route");
  }

  private static boolean noFamily(SocketException e) {
    var message = String.valueOf(e.getMessage());
    return message.contains("unreachable")
        || message.contains("not supported")
        || message.contains("Cannot assign");
  }

  private static byte[] request(Hostname name, int port, String nonce) {
    var host = port == 80 ? name.ascii() : name + ":" + port;
    return """
    GET /.well-known/nameplate/reach/%s HTTP/1.1\r
    Host: %s\r
    User-Agent: Nameplate-Reach/1\r
    Accept: application/json\r
    Connection: close\r
    \r
    """
        .formatted(nonce, host)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static DialResult judge(HttpAnswer answer, Hostname name, String nonce, ReachMac mac) {
    var node = NODE.matcher(answer.body());
    var given = MAC.matcher(answer.body());
    if (answer.status() == 200
        && node.find()
        && given.find()
        && mac.matches(name, nonce, node.group(1), given.group(1))) {
      return new DialResult.Ours(node.group(1));
    }
    var location = answer.header("location");
    if (answer.status() / 100 == 3 && location.isPresent() && isHttpsOf(location.get(), name)) {
      return new DialResult.Redirected(answer.status(), shortened(location.get()));
    }
    return new DialResult.SomebodyElse(
        "status %d%s"
            .formatted(
                answer.status(),
                answer.header("server").map(server -> " from " + shortened(server)).orElse("")));
  }

  private static boolean isHttpsOf(String location, Hostname name) {
    try {
      var uri = URI.create(location);
      return "https".equalsIgnoreCase(uri.getScheme())
          && name.ascii().equalsIgnoreCase(uri.getHost());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String shortened(String text) {
    var clean = text.replaceAll("[^\\x20-\\x7e]", "?");
    return clean.length() > 120 ? clean.substring(0, 120) + "…" : clean;
  }
}
