package io.nameplate.sandbox.dns;

import io.nameplate.sandbox.RunningSandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/// The sandbox's DNS on a free port, and a stub resolver that asks any of its servers.
final class RunningDns implements AutoCloseable {
  static final String ROOT = "127.0.53.1";
  static final String FIRST = "127.0.53.3";
  static final String SECOND = "127.0.53.4";
  static final String RECURSIVE = "127.0.53.53";

  final MovableClock clock = new MovableClock();
  final Dns dns;
  private final int port;

  /// A clock that stands still until a test sets it forward. It begins now, because whoever checks
  /// signatures has a clock of their own.
  static final class MovableClock implements InstantSource {
    private volatile Instant now = Instant.now();

    @Override
    public Instant instant() {
      return now;
    }

    void move(Duration by) {
      now = now.plus(by);
    }
  }

  RunningDns(Path data, Dns.Entry... configured) throws IOException {
    this.port = RunningSandbox.freeForDns();
    var servers =
        new NameServers(
            List.of(InetAddress.ofLiteral(ROOT), InetAddress.ofLiteral("127.0.53.2")),
            List.of(InetAddress.ofLiteral(FIRST), InetAddress.ofLiteral(SECOND)),
            port);
    this.dns =
        Dns.start(servers, InetAddress.ofLiteral(RECURSIVE), List.of(configured), data, clock);
  }

  void set(String name, String type, String... values) {
    dns.set(new Dns.Entry(name, type, Dns.DEFAULT_TTL_SECONDS, List.of(values)));
  }

  /// By UDP, with signatures, not following a cut to TCP.
  Message ask(String server, String name, String type) throws IOException {
    return ask(resolver(server), name, type, 0);
  }

  Message askUnchecked(String server, String name, String type) throws IOException {
    return ask(resolver(server), name, type, Flags.CD);
  }

  Message askByTcp(String server, String name, String type) throws IOException {
    var resolver = resolver(server);
    resolver.setTCP(true);
    return ask(resolver, name, type, 0);
  }

  /// As a resolver of 1990 asks: no EDNS, so at most 512 bytes.
  Message askPlainly(String server, String name, String type) throws IOException {
    var resolver = resolver(server);
    resolver.setEDNS(-1);
    return ask(resolver, name, type, 0);
  }

  private SimpleResolver resolver(String server) {
    var resolver = new SimpleResolver(new InetSocketAddress(server, port));
    resolver.setEDNS(0, 1_232, ExtendedFlags.DO);
    resolver.setIgnoreTruncation(true);
    resolver.setTimeout(Duration.ofMinutes(1));
    return resolver;
  }

  Message askBriefly(String server, String name, String type) throws IOException {
    var resolver = resolver(server);
    resolver.setTimeout(Duration.ofMillis(300));
    return ask(resolver, name, type, 0);
  }

  private static Message ask(SimpleResolver resolver, String name, String type, int flag)
      throws IOException {
    var question = Record.newRecord(Name.fromString(name + "."), Type.value(type), DClass.IN);
    var query = Message.newQuery(question);
    if (flag != 0) {
      query.getHeader().setFlag(flag);
    }
    return resolver.send(query);
  }

  /// Values of the answer in order, without signatures.
  static List<String> told(Message answer) {
    return answer.getSection(Section.ANSWER).stream()
        .filter(each -> each.getType() != Type.RRSIG)
        .map(Record::rdataToString)
        .toList();
  }

  static List<String> told(Message answer, int section, String type) {
    return answer.getSection(section).stream()
        .filter(each -> each.getType() == Type.value(type))
        .map(Record::rdataToString)
        .sorted()
        .toList();
  }

  static String rcode(Message answer) {
    return Rcode.string(answer.getHeader().getRcode());
  }

  static boolean isValidated(Message answer) {
    return answer.getHeader().getFlag(Flags.AD);
  }

  static Optional<Integer> reason(Message answer) {
    return answer.getOPT().getOptions().stream()
        .filter(ExtendedErrorCodeOption.class::isInstance)
        .map(option -> ((ExtendedErrorCodeOption) option).getErrorCode())
        .findFirst();
  }

  @Override
  public void close() throws IOException {
    dns.close();
  }
}
