package io.nameplate.sandbox.dns;

import io.nameplate.sandbox.dns.NameServers.Role;
import io.nameplate.sandbox.dns.NameServers.Server;
import io.nameplate.sandbox.dns.QueryLog.Transport;
import java.time.InstantSource;
import java.util.Optional;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// Answers questions as one of the authoritative servers does (RFC 1034 §4.3.2, RFC 4035 §3.1),
/// faults included.
final class Authority {
  private final Zones zones;
  private final QueryLog log;
  private final InstantSource clock;

  Authority(Zones zones, QueryLog log, InstantSource clock) {
    this.zones = zones;
    this.log = log;
    this.clock = clock;
  }

  /// Empty where the fault is silence.
  Optional<Message> answer(Message query, Server server, Transport transport) {
    var question = query.getQuestion();
    if (question == null) {
      return Optional.of(Reply.error(query, Rcode.FORMERR));
    }
    log.count(server.name(), question.getName(), question.getType(), transport);
    if (query.getHeader().getOpcode() != Opcode.QUERY) {
      return Optional.of(Reply.error(query, Rcode.NOTIMP));
    }
    if (question.getDClass() != DClass.IN || !Type.isRR(question.getType())) {
      return Optional.of(Reply.error(query, Rcode.REFUSED));
    }
    return zones.read(view -> answer(view, query, server, transport));
  }

  private Optional<Message> answer(
      Zones.View view, Message query, Server server, Transport transport) {
    var question = query.getQuestion();
    var name = question.getName();
    var holding = view.holding(name, server.role(), question.getType() == Type.DS);
    if (holding.isEmpty()) {
      return Optional.of(Reply.error(query, Rcode.REFUSED));
    }
    var zone = holding.get();
    var zoneFault = view.fault(zone);
    if (zoneFault.equals(Optional.of(DnsFault.LAME))) {
      return Optional.of(upwardReferral(query));
    }
    if (zoneFault.equals(Optional.of(DnsFault.PARENT_MISMATCH))) {
      zone = WrongZones.listingOtherServers(zone);
    }
    var fault = view.fault(zone, name);
    if (fault.isEmpty()) {
      return Optional.of(new Answering(view, zones.signer(), zone, query).message());
    }
    return switch (fault.get().active().fault()) {
      case TIMEOUT -> Optional.empty();
      case SERVFAIL -> Optional.of(Reply.error(query, Rcode.SERVFAIL));
      case REFUSED -> Optional.of(Reply.error(query, Rcode.REFUSED));
      case TRUNCATE -> {
        var whole = new Answering(view, zones.signer(), zone, query).message();
        yield Optional.of(transport == Transport.UDP ? Reply.truncated(query, whole) : whole);
      }
      case FLAP -> {
        boolean isGone = fault.get().active().isGone(clock.instant());
        var now = isGone ? WrongZones.without(zone, fault.get().name()) : zone;
        yield Optional.of(new Answering(view, zones.signer(), now, query).message());
      }
      case DISAGREE -> {
        boolean isOther = server.index() == 1;
        var told = isOther ? WrongZones.otherValues(zone, fault.get().name()) : zone;
        yield Optional.of(new Answering(view, zones.signer(), told, query).message());
      }
      case BOGUS ->
          Optional.of(
              WrongZones.badlySigned(new Answering(view, zones.signer(), zone, query).message()));
      case LAME, PARENT_MISMATCH ->
          throw new IllegalStateException("a fault of the zone, not of a name");
    };
  }

  /// What a server says of a zone it does not have: it knows only where the root is.
  private static Message upwardReferral(Message query) {
    var reply = new Reply(query);
    for (int index = 0; index < 2; index++) {
      reply.add(
          Section.AUTHORITY,
          new NSRecord(Name.root, DClass.IN, 60, NameServers.name(Role.REGISTRY, index)));
    }
    return reply.message();
  }

  /// One question to one zone.
  private static final class Answering {
    private final Zones.View view;
    private final Signer signer;
    private final Zone zone;
    private final int type;
    private final Name name;
    private final Reply reply;

    Answering(Zones.View view, Signer signer, Zone zone, Message query) {
      this.view = view;
      this.signer = signer;
      this.zone = zone;
      this.name = query.getQuestion().getName();
      this.type = query.getQuestion().getType();
      this.reply = new Reply(query);
    }

    Message message() {
      var cut = zone.cut(name).filter(each -> type != Type.DS || !each.equals(name));
      if (cut.isPresent()) {
        refer(cut.get());
      } else {
        reply.flag(Flags.AA);
        answer(name, 0);
      }
      return reply.message();
    }

    private void refer(Name child) {
      var servers = zone.find(child, Type.NS).orElseThrow();
      reply.add(Section.AUTHORITY, servers);
      if (reply.wantsSignatures()) {
        var anchor = zone.find(child, Type.DS);
        reply.add(Section.AUTHORITY, signed(anchor.orElseGet(() -> zone.nsecFor(child))));
      }
      addAddresses(servers);
    }

    private void addAddresses(RRset servers) {
      servers.rrs(false).stream()
          .map(each -> ((NSRecord) each).getTarget())
          .map(view::addresses)
          .flatMap(Optional::stream)
          .forEach(addresses -> reply.add(Section.ADDITIONAL, addresses));
    }

    private void answer(Name at, int hops) {
      var alias = type == Type.CNAME ? Optional.<RRset>empty() : zone.find(at, Type.CNAME);
      var found = alias.isPresent() ? alias : zone.find(at, type);
      if (found.isPresent()) {
        reply.add(Section.ANSWER, signed(found.get()));
        if (type == Type.NS) {
          addAddresses(found.get());
        }
        alias.ifPresent(cname -> follow(cname, hops));
      } else if (zone.exists(at)) {
        deny(zone.nsecFor(at));
      } else {
        answerByWildcard(at, hops);
      }
    }

    /// Within the zone; elsewhere the asker looks on by itself. A loop ends where it began.
    private void follow(RRset cname, int hops) {
      var target = ((CNAMERecord) cname.first()).getTarget();
      boolean isOurs = target.subdomain(zone.apex()) && zone.cut(target).isEmpty();
      if (isOurs && hops < 8) {
        answer(target, hops + 1);
      }
    }

    private void answerByWildcard(Name at, int hops) {
      var encloser = new Name(at, 1);
      while (!zone.exists(encloser) && !encloser.equals(zone.apex())) {
        encloser = new Name(encloser, 1);
      }
      var wildcard = below(encloser);
      var alias = type == Type.CNAME ? Optional.<RRset>empty() : zone.find(wildcard, Type.CNAME);
      var found = alias.isPresent() ? alias : zone.find(wildcard, type);
      if (found.isPresent()) {
        var there = expanded(signed(found.get()), at);
        reply.add(Section.ANSWER, there);
        prove(zone.nsecFor(at));
        alias.ifPresent(_ -> follow(there, hops));
      } else if (zone.exists(wildcard)) {
        deny(zone.nsecFor(at));
        prove(zone.nsecFor(wildcard));
      } else {
        reply.rcode(Rcode.NXDOMAIN);
        deny(zone.nsecFor(at));
        prove(zone.nsecFor(wildcard));
      }
    }

    private static Name below(Name encloser) {
      try {
        return Name.concatenate(Name.fromConstantString("*"), encloser);
      } catch (NameTooLongException e) {
        return encloser;
      }
    }

    /// The wildcard's records under the name that was asked for (RFC 4035 §3.1.3.3).
    private static RRset expanded(RRset wildcard, Name name) {
      var set = new RRset();
      wildcard.rrs(false).forEach(each -> set.addRR(renamed(each, name)));
      wildcard.sigs().forEach(each -> set.addRR(renamed(each, name)));
      return set;
    }

    private static Record renamed(Record each, Name name) {
      return Record.newRecord(
          name, each.getType(), each.getDClass(), each.getTTL(), each.rdataToWireCanonical());
    }

    private void deny(RRset nsec) {
      reply.add(Section.AUTHORITY, signed(zone.find(zone.apex(), Type.SOA).orElseThrow()));
      prove(nsec);
    }

    private void prove(RRset nsec) {
      if (reply.wantsSignatures()) {
        reply.add(Section.AUTHORITY, signed(nsec));
      }
    }

    private RRset signed(RRset set) {
      if (!reply.wantsSignatures()) {
        return set;
      }
      var signed = new RRset(set);
      signed.addRR(signer.sign(zone.apex(), set));
      return signed;
    }
  }
}
