package io.nameplate.dns;

import io.nameplate.domains.Hostname;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Observations as a table in a test would write them. Two servers, ns1 and ns2; what is not said
/// is "no such record".
final class Seen {
  static final Instant T0 = Instant.parse("2027-01-01T00:00:00Z");
  static final InetAddress EDGE_1 = InetAddress.ofLiteral("198.18.1.1");
  static final InetAddress EDGE_2 = InetAddress.ofLiteral("198.18.1.2");
  static final InetAddress EDGE_V6 = InetAddress.ofLiteral("2001:db8:1::1");
  static final String TARGET = "k3v9.edge.nameplate.example";
  static final String TOKEN = "np-proof=4f1c";

  private final String name;
  private final List<Hop> hops = new ArrayList<>();
  private DnsObservation.End end = DnsObservation.End.REACHED;
  private Answers token;
  private final List<CaaLook> caa = new ArrayList<>();
  private Answers challenge;
  private Optional<Delegation> delegation = Optional.empty();
  private final List<ResolverView> resolvers = new ArrayList<>();

  private Seen(String name) {
    this.name = name;
    this.token = answers("_nameplate." + name, "TXT", noSuchName());
    this.challenge = answers("_acme-challenge." + name, "TXT", noSuchName());
  }

  static Seen of(String name) {
    return new Seen(name);
  }

  static DnsExpectation subDomain() {
    return expectation("shop.acme.com", false, false);
  }

  static DnsExpectation apex() {
    return expectation("acme.com", true, false);
  }

  static DnsExpectation expectation(String name, boolean apex, boolean addressProves) {
    return new DnsExpectation(
        new Hostname(name),
        TARGET,
        "_nameplate." + name,
        TOKEN,
        Set.of(EDGE_1, EDGE_2, EDGE_V6),
        addressProves,
        new CaaIdentity("ca.example", Optional.of("https://ca.example/acct/1")),
        apex,
        "edge.nameplate.example");
  }

  static Reply records(String... values) {
    return new Reply.Records(List.of(values));
  }

  static Reply alias(String target) {
    return new Reply.Alias(target);
  }

  static Reply noRecords() {
    return new Reply.NoRecords();
  }

  static Reply noSuchName() {
    return new Reply.NoSuchName();
  }

  static Reply failed(Reply.Failure failure) {
    return new Reply.Failed(failure, failure.toString());
  }

  static Answers answers(String name, String type, Reply... replies) {
    var said = new ArrayList<ServerReply>();
    for (var reply : replies) {
      said.add(new ServerReply("ns%d.acme.com".formatted(said.size() + 1), reply));
    }
    return new Answers(name, type, said);
  }

  /// Both servers say the same; addresses are told apart by their colons.
  Seen at(String hop, String... addresses) {
    var v4 = Arrays.stream(addresses).filter(a -> !a.contains(":")).toArray(String[]::new);
    var v6 = Arrays.stream(addresses).filter(a -> a.contains(":")).toArray(String[]::new);
    var a = v4.length == 0 ? noRecords() : records(v4);
    var aaaa = v6.length == 0 ? noRecords() : records(v6);
    return hop(hop, List.of(a, a), List.of(aaaa, aaaa));
  }

  Seen both(String hop, Reply reply) {
    return hop(hop, List.of(reply, reply), List.of(reply, reply));
  }

  Seen hop(String hop, List<Reply> a, List<Reply> aaaa) {
    hops.add(
        new Hop(
            hop,
            "acme.com",
            answers(hop, "A", a.toArray(Reply[]::new)),
            answers(hop, "AAAA", aaaa.toArray(Reply[]::new))));
    return this;
  }

  Seen ends(DnsObservation.End how) {
    end = how;
    return this;
  }

  Seen token(Reply... replies) {
    token = answers("_nameplate." + name, "TXT", replies);
    return this;
  }

  Seen caa(String level, Reply... replies) {
    caa.add(new CaaLook(level, List.of(answers(level, "CAA", replies))));
    return this;
  }

  Seen caaThroughAlias(String level, String target, Reply reply) {
    caa.add(
        new CaaLook(
            level, List.of(answers(level, "CAA", alias(target)), answers(target, "CAA", reply))));
    return this;
  }

  Seen challenge(Reply reply) {
    challenge = answers("_acme-challenge." + name, "TXT", reply);
    return this;
  }

  Seen delegation(Set<String> atParent, Set<String> inZone) {
    delegation = Optional.of(new Delegation("acme.com", atParent, inZone));
    return this;
  }

  Seen resolver(ResolverView view) {
    resolvers.add(view);
    return this;
  }

  DnsObservation done() {
    if (hops.isEmpty()) {
      both(name, noSuchName());
    }
    return new DnsObservation(T0, hops, end, token, caa, challenge, delegation, resolvers);
  }
}
