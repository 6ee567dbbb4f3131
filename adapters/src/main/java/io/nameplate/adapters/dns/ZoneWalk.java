package io.nameplate.adapters.dns;

import io.nameplate.adapters.dns.DnsExchange.Manner;
import io.nameplate.addresses.AddressText;
import io.nameplate.dns.Answers;
import io.nameplate.dns.Delegation;
import io.nameplate.dns.Reply;
import io.nameplate.dns.ServerReply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// Asks the zones' own servers, from the root down, in one look. Of a shared zone the first server
/// that answers is enough; of anybody else's zone all are asked at once, so that their disagreement
/// shows.
final class ZoneWalk implements AnswerSource {
  /// From the root down; the deepest names in use have about ten labels.
  private static final int MOST_REFERRALS = 20;

  /// A zone's server may be named in a zone whose server is named in a third one.
  private static final int MOST_DETOURS = 3;

  private final DnsSettings settings;
  private final DnsExchange exchange;
  private final AtOnce atOnce;
  private final KnownZones known;
  private final Predicate<Name> shared;
  private final Zone root;
  private final Map<Name, Zone> walked = new ConcurrentHashMap<>();

  ZoneWalk(
      DnsSettings settings,
      DnsExchange exchange,
      AtOnce atOnce,
      KnownZones known,
      Predicate<Name> shared) {
    this.settings = settings;
    this.exchange = exchange;
    this.atOnce = atOnce;
    this.known = known;
    this.shared = shared;
    var hints = settings.rootHints().stream().map(hint -> NameServer.at("", hint)).toList();
    this.root = new Zone(Name.root, hints, Set.of(), true);
  }

  @Override
  public Asked ask(Name name, int type) {
    return ask(name, type, 0);
  }

  private Asked ask(Name name, int type, int detour) {
    var zone = deepestKnown(name);
    for (int i = 0; i < MOST_REFERRALS; i++) {
      var said = zone.shared() ? askOne(zone, name, type) : askAll(zone, name, type);
      var below = below(zone, said, detour);
      if (below.isEmpty()) {
        return new Asked(RecordText.of(zone.name()), answers(name, type, said));
      }
      zone = below.get();
    }
    var tooDeep = DnsExchange.nothing(Reply.Failure.GARBLED, "referred on and on").why();
    return new Asked(
        RecordText.of(zone.name()),
        new Answers(
            RecordText.of(name),
            Type.string(type),
            List.of(new ServerReply(RecordText.of(zone.name()), tooDeep))));
  }

  private record FromServer(NameServer server, Said said) {}

  private List<FromServer> askAll(Zone zone, Name name, int type) {
    var questions =
        zone.servers().stream()
            .limit(settings.limits().serversPerZone())
            .map(server -> (Callable<FromServer>) () -> askServer(zone, server, name, type))
            .toList();
    return questions.isEmpty() ? List.of() : atOnce.all(questions);
  }

  private List<FromServer> askOne(Zone zone, Name name, int type) {
    var failed = new ArrayList<FromServer>();
    for (var server : zone.servers()) {
      var from = askServer(zone, server, name, type);
      if (!(from.said instanceof Said.Final(Reply.Failed _))) {
        return List.of(from);
      }
      failed.add(from);
    }
    known.forget(zone.name());
    return failed;
  }

  private FromServer askServer(Zone zone, NameServer server, Name name, int type) {
    return new FromServer(
        server,
        switch (server) {
          case NameServer.Unusable(_, var why) -> new Said.Final(why);
          case NameServer.Usable(_, var address) -> ask(zone, address, name, type);
        });
  }

  private Said ask(Zone zone, InetSocketAddress server, Name name, int type) {
    return switch (exchange.ask(server, name, type, Manner.AUTHORITY)) {
      case Heard.Answer(var message) -> Said.byAuthority(message, name, type, zone.name());
      case Heard.Nothing(var why) -> new Said.Final(why);
    };
  }

  private static Answers answers(Name name, int type, List<FromServer> said) {
    var replies =
        said.stream()
            .flatMap(from ->
                from.said instanceof Said.Final(var reply)
                    ? Stream.of(new ServerReply(from.server.shown(), reply))
                    : Stream.empty())
            .toList();
    return new Answers(RecordText.of(name), Type.string(type), replies);
  }

  private Zone deepestKnown(Name name) {
    for (int skip = 0; skip < name.labels(); skip++) {
      var ancestor = new Name(name, skip);
      var zone = walked.get(ancestor);
      if (zone != null) {
        return zone;
      }
      var remembered = known.find(ancestor);
      if (remembered.isPresent()) {
        return remembered.get();
      }
    }
    return root;
  }

  /// The zone that servers referred to, with everything that any of them listed. Servers that
  /// answered themselves beside others that referred are a zone in change; the deeper zone counts.
  private Optional<Zone> below(Zone zone, List<FromServer> said, int detour) {
    var referrals =
        said.stream()
            .map(FromServer::said)
            .filter(Said.Referral.class::isInstance)
            .map(Said.Referral.class::cast)
            .toList();
    if (referrals.isEmpty()) {
      return Optional.empty();
    }
    var child = referrals.getFirst().zone();
    var before = walked.get(child);
    if (before != null) {
      return Optional.of(before);
    }
    var names = new HashSet<Name>();
    var glue = new HashMap<Name, Set<InetAddress>>();
    for (var referral : referrals) {
      if (referral.zone().equals(child)) {
        names.addAll(referral.servers());
        readGlue(referral, zone.name(), glue);
      }
    }
    var made = new Zone(child, servers(names, glue, detour), texts(names), shared.test(child));
    known.keep(made);
    var other = walked.putIfAbsent(child, made);
    return Optional.of(other == null ? made : other);
  }

  /// Addresses that a referral brings along count only for names below the referring zone.
  private static void readGlue(
      Said.Referral referral, Name zone, Map<Name, Set<InetAddress>> glue) {
    for (var record : referral.message().getSection(Section.ADDITIONAL)) {
      if (!referral.servers().contains(record.getName()) || !record.getName().subdomain(zone)) {
        continue;
      }
      var addresses = glue.computeIfAbsent(record.getName(), _ -> new HashSet<>());
      if (record instanceof ARecord a) {
        addresses.add(a.getAddress());
      } else if (record instanceof AAAARecord aaaa) {
        addresses.add(aaaa.getAddress());
      }
    }
  }

  private List<NameServer> servers(Set<Name> names, Map<Name, Set<InetAddress>> glue, int detour) {
    var questions =
        names.stream()
            .sorted()
            .limit(settings.limits().serversPerZone())
            .map(name ->
                (Callable<NameServer>)
                    () -> server(name, glue.getOrDefault(name, Set.of()), detour))
            .toList();
    return questions.isEmpty() ? List.of() : atOnce.all(questions);
  }

  private NameServer server(Name name, Set<InetAddress> glue, int detour) {
    var addresses = glue.isEmpty() ? addressesOf(name, detour) : glue;
    var shown = RecordText.of(name);
    if (addresses.isEmpty()) {
      return NameServer.unusable(
          shown, Reply.Failure.NO_ADDRESS, "has no address that could be found");
    }
    var best = preferred(addresses);
    var objection = settings.nameServers().objection(best);
    return objection.isPresent()
        ? NameServer.unusable(
            shown + " (" + AddressText.of(best) + ")",
            Reply.Failure.ADDRESS_REFUSED,
            "not asked: " + objection.get())
        : NameServer.at(shown, new InetSocketAddress(best, settings.nameServerPort()));
  }

  /// IPv4 where there is one: every vantage has it. The smallest, so that looks compare.
  private static InetAddress preferred(Set<InetAddress> addresses) {
    return addresses.stream()
        .min(
            Comparator.comparingInt((InetAddress a) -> a.getAddress().length)
                .thenComparing(AddressText::of))
        .orElseThrow();
  }

  private Set<InetAddress> addressesOf(Name name, int detour) {
    if (detour >= MOST_DETOURS) {
      return Set.of();
    }
    var v4 = addressesOf(name, Type.A, detour);
    return v4.isEmpty() ? addressesOf(name, Type.AAAA, detour) : v4;
  }

  private Set<InetAddress> addressesOf(Name name, int type, int detour) {
    return ask(name, type, detour + 1).answers().replies().stream()
        .map(ServerReply::reply)
        .filter(Reply.Records.class::isInstance)
        .flatMap(reply -> ((Reply.Records) reply).values().stream())
        .flatMap(text -> AddressText.parse(text).stream())
        .collect(Collectors.toSet());
  }

  @Override
  public Optional<Delegation> delegation(Name name) {
    var zone = deepestKnown(name);
    if (zone.shared()) {
      return Optional.empty();
    }
    var inZone =
        askAll(zone, zone.name(), Type.NS).stream()
            .flatMap(from ->
                from.said instanceof Said.Final(Reply.Records(var values))
                    ? values.stream()
                    : Stream.empty())
            .map(ZoneWalk::plain)
            .collect(Collectors.toSet());
    return Optional.of(new Delegation(RecordText.of(zone.name()), zone.listed(), inZone));
  }

  @Override
  public Asked askUnlisted(Name name, int type, Delegation delegation) {
    var zone = deepestKnown(name);
    var unlisted =
        delegation.inZone().stream()
            .filter(server -> !delegation.atParent().contains(server))
            .map(DnsNames::absolute)
            .collect(Collectors.toSet());
    var servers = servers(unlisted, Map.of(), 0);
    var beside = new Zone(zone.name(), servers, Set.of(), false);
    return new Asked(RecordText.of(zone.name()), answers(name, type, askAll(beside, name, type)));
  }

  private static Set<String> texts(Set<Name> names) {
    return names.stream().map(RecordText::of).collect(Collectors.toSet());
  }

  private static String plain(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
