package io.nameplate.sandbox.dns;

import java.io.IOException;
import java.io.Serial;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

/// Finds answers by walking down from the root, server by server, and through aliases. Remembers no
/// answers and validates nothing. Always asks for signatures.
final class IteratingResolver implements Resolver {
  private static final int MAX_REFERRALS = 24;
  private static final int MAX_ALIASES = 12;
  private static final int MAX_DEPTH = 4;

  /// Two servers, twice: at most 3 s, shorter than clients usually wait.
  private static final List<Duration> PATIENCE =
      List.of(Duration.ofMillis(500), Duration.ofMillis(1_000));

  private final List<InetSocketAddress> roots;
  private final int port;
  private final Executor threads;
  private final Map<Record, Message> failures = new ConcurrentHashMap<>();

  IteratingResolver(NameServers servers, Executor threads) {
    this.roots =
        List.of(
            servers.server(NameServers.Role.REGISTRY, 0).address(),
            servers.server(NameServers.Role.REGISTRY, 1).address());
    this.port = servers.port();
    this.threads = threads;
  }

  /// Nobody gave a usable answer.
  private static final class NoAnswerException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
      super(message);
    }
  }

  @Override
  public CompletionStage<Message> sendAsync(Message query, Executor executor) {
    return CompletableFuture.supplyAsync(() -> remembered(query), threads);
  }

  @Override
  public CompletionStage<Message> sendAsync(Message query) {
    return sendAsync(query, threads);
  }

  private Message remembered(Message query) {
    var answer = answer(query);
    if (answer.getHeader().getRcode() == Rcode.SERVFAIL) {
      failures.put(query.getQuestion(), answer);
    }
    return answer;
  }

  /// Why the last [#sendAsync(Message)] for that question failed, told once. A validator hides it.
  Optional<Message> failure(Record question) {
    return Optional.ofNullable(failures.remove(question));
  }

  /// Always a message: SERVFAIL with a reason (RFC 8914) where no server could be moved to answer.
  Message answer(Message query) {
    var reply = new Reply(query).flag(Flags.RA);
    try {
      walk(query.getQuestion(), reply, 0);
      return reply.message();
    } catch (NoAnswerException e) {
      return new Reply(query)
          .flag(Flags.RA)
          .rcode(Rcode.SERVFAIL)
          .because(ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY, String.valueOf(e.getMessage()));
    }
  }

  private void walk(Record question, Reply reply, int depth) throws NoAnswerException {
    var name = question.getName();
    for (int aliases = 0; aliases <= MAX_ALIASES; aliases++) {
      var answer = authoritative(name, question.getType(), depth);
      answer.getSection(Section.ANSWER).forEach(each -> reply.add(Section.ANSWER, each));
      var end = endOfAliases(answer, name, question.getType());
      boolean isAlias = !end.equals(name) && !knows(answer, end, question.getType());
      if (!isAlias) {
        answer.getSection(Section.AUTHORITY).forEach(each -> reply.add(Section.AUTHORITY, each));
        reply.rcode(answer.getHeader().getRcode());
        return;
      }
      keepWildcardProofs(answer, reply);
      name = end;
    }
    throw new NoAnswerException("more than %d aliases".formatted(MAX_ALIASES));
  }

  /// That an alias came from a wildcard is proved by NSEC records of its own answer.
  private static void keepWildcardProofs(Message answer, Reply reply) {
    answer.getSection(Section.AUTHORITY).stream()
        .filter(each -> Reply.isForValidation(each.getType()))
        .forEach(each -> reply.add(Section.AUTHORITY, each));
  }

  private static boolean knows(Message answer, Name name, int type) {
    boolean isDenied =
        answer.getHeader().getRcode() != Rcode.NOERROR
            || answer.getSection(Section.AUTHORITY).stream()
                .anyMatch(each -> each.getType() == Type.SOA);
    return isDenied || answer.findRRset(name, type, Section.ANSWER);
  }

  private static Name endOfAliases(Message answer, Name from, int type) {
    var name = from;
    for (int hops = 0; hops < MAX_ALIASES && type != Type.CNAME; hops++) {
      var here = name;
      var alias =
          answer.getSection(Section.ANSWER).stream()
              .filter(each -> each instanceof CNAMERecord && each.getName().equals(here))
              .findFirst();
      if (alias.isEmpty()) {
        break;
      }
      name = ((CNAMERecord) alias.get()).getTarget();
    }
    return name;
  }

  private Message authoritative(Name name, int type, int depth) throws NoAnswerException {
    var servers = roots;
    var zone = Name.root;
    for (int referrals = 0; referrals < MAX_REFERRALS; referrals++) {
      var answer = ask(servers, zone, Record.newRecord(name, type, DClass.IN));
      if (answer.getHeader().getFlag(Flags.AA)) {
        return answer;
      }
      zone = child(answer, zone, name);
      servers = addresses(answer, zone, depth);
    }
    throw new NoAnswerException("more than %d referrals".formatted(MAX_REFERRALS));
  }

  private Message ask(List<InetSocketAddress> servers, Name zone, Record question)
      throws NoAnswerException {
    var failures = new ArrayList<String>();
    for (var patience : PATIENCE) {
      for (var server : servers) {
        try {
          var answer = Asking.ask(query(question), server, patience);
          if (isUsable(answer, zone, question.getName())) {
            return answer;
          }
          failures.add("%s: %s".formatted(server.getHostString(), complaint(answer)));
        } catch (IOException e) {
          failures.add("%s: no answer".formatted(server.getHostString()));
        }
      }
      boolean isWorthRepeating = failures.stream().anyMatch(each -> each.endsWith("no answer"));
      if (!isWorthRepeating) {
        break;
      }
    }
    throw new NoAnswerException(
        "%s: %s".formatted(zone, String.join(", ", failures.stream().distinct().toList())));
  }

  private static Message query(Record question) {
    var query = Message.newQuery(question);
    query.getHeader().unsetFlag(Flags.RD);
    query.addRecord(new OPTRecord(Reply.MAX_UDP_BYTES, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
    return query;
  }

  private static boolean isUsable(Message answer, Name zone, Name name) {
    int rcode = answer.getHeader().getRcode();
    boolean isAnswer = rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN;
    return isAnswer
        && (answer.getHeader().getFlag(Flags.AA) || delegation(answer, zone, name) != null);
  }

  private static String complaint(Message answer) {
    int rcode = answer.getHeader().getRcode();
    return rcode == Rcode.NOERROR ? "not authoritative" : Rcode.string(rcode);
  }

  private static @Nullable Name delegation(Message answer, Name zone, Name name) {
    return answer.getSection(Section.AUTHORITY).stream()
        .filter(each -> each.getType() == Type.NS)
        .map(Record::getName)
        .filter(each -> name.subdomain(each) && each.subdomain(zone) && !each.equals(zone))
        .findFirst()
        .orElse(null);
  }

  private static Name child(Message answer, Name zone, Name name) throws NoAnswerException {
    var child = delegation(answer, zone, name);
    if (child == null) {
      throw new NoAnswerException("%s refers to nobody".formatted(zone));
    }
    return child;
  }

  private List<InetSocketAddress> addresses(Message referral, Name zone, int depth)
      throws NoAnswerException {
    var addresses = new ArrayList<InetSocketAddress>();
    for (var each : referral.getSection(Section.AUTHORITY)) {
      if (each instanceof NSRecord server && each.getName().equals(zone)) {
        addresses.addAll(addresses(referral, server.getTarget(), zone, depth));
      }
    }
    if (addresses.isEmpty()) {
      throw new NoAnswerException("no address of a name server of %s".formatted(zone));
    }
    return addresses;
  }

  private List<InetSocketAddress> addresses(Message referral, Name server, Name zone, int depth)
      throws NoAnswerException {
    var glue = addressesIn(referral, Section.ADDITIONAL, server);
    if (!glue.isEmpty() || depth >= MAX_DEPTH || server.subdomain(zone)) {
      return glue;
    }
    var question = Record.newRecord(server, Type.A, DClass.IN);
    var reply = new Reply(query(question));
    try {
      walk(question, reply, depth + 1);
    } catch (NoAnswerException e) {
      return List.of();
    }
    var found = reply.message();
    return addressesIn(found, Section.ANSWER, endOfAliases(found, server, Type.A));
  }

  private List<InetSocketAddress> addressesIn(Message message, int section, Name server) {
    return message.getSection(section).stream()
        .filter(each -> each instanceof ARecord && each.getName().equals(server))
        .map(each -> new InetSocketAddress(((ARecord) each).getAddress(), port))
        .toList();
  }

  @Override
  public void setPort(int port) {
    throw new UnsupportedOperationException("the port belongs to the servers");
  }

  @Override
  public void setTCP(boolean flag) {
    throw new UnsupportedOperationException("UDP first, TCP where needed");
  }

  /// Cut answers are always asked for again.
  @Override
  public void setIgnoreTruncation(boolean flag) {}

  /// Signatures are always asked for.
  @Override
  public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {}

  @Override
  public void setTSIGKey(TSIG key) {
    throw new UnsupportedOperationException("no transaction signatures");
  }

  @Override
  public void setTimeout(Duration timeout) {
    throw new UnsupportedOperationException(Arrays.toString(PATIENCE.toArray()));
  }
}
