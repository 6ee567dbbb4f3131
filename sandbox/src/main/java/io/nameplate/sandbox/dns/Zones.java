package io.nameplate.sandbox.dns;

import io.nameplate.sandbox.dns.NameServers.Role;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Type;

/// All zones of the pretend internet and the faults they have. Zones and delegations appear when a
/// name first needs them. Safe for concurrent use.
final class Zones {
  /// Short, so that resolvers that keep what they heard see a change soon.
  static final long TTL_SECONDS = 5;

  private static final long NEGATIVE_TTL_SECONDS = 1;
  private static final long DELEGATION_TTL_SECONDS = 60;
  private static final Name HOSTMASTER = Name.fromConstantString("hostmaster.dns.sandbox.");

  private final Signer signer;
  private final InstantSource clock;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<Name, Zone> zones = new HashMap<>();
  private final Faults faults = new Faults();
  private long serial;

  /// What readers see: no change happens while they look.
  final class View {
    private View() {}

    /// The zone that holds the name among those servers of that role answer for. With `aboveCut`
    /// the zone above is preferred where the name is a zone of its own, as for DS records.
    Optional<Zone> holding(Name name, Role role, boolean aboveCut) {
      Zone lowest = null;
      for (int labels = name.labels(); labels >= 1; labels--) {
        var zone = zones.get(new Name(name, name.labels() - labels));
        if (zone != null && Role.of(zone.apex()) == role) {
          boolean isWanted = !aboveCut || !zone.apex().equals(name);
          if (isWanted) {
            return Optional.of(zone);
          }
          lowest = zone;
        }
      }
      return Optional.ofNullable(lowest);
    }

    /// The fault that a question for the name meets in the zone. What lies below a cut is the
    /// child's business.
    Optional<Faults.Found> fault(Zone zone, Name name) {
      var own = zone.cut(name).map(cut -> new Name(cut, 1)).orElse(name);
      return faults.at(zone.apex(), own);
    }

    /// The fault of a zone as a whole.
    Optional<DnsFault> fault(Zone zone) {
      return faults.ofZones().entrySet().stream()
          .filter(each -> enclosing(each.getKey()).equals(zone))
          .map(Map.Entry::getValue)
          .findFirst();
    }

    /// Addresses of a name server, for the additional section of a referral.
    Optional<RRset> addresses(Name server) {
      return enclosing(server).find(server, Type.A);
    }
  }

  Zones(NameServers servers, Signer signer, InstantSource clock) {
    this.signer = signer;
    this.clock = clock;
    make(Name.root);
    for (var role : Role.values()) {
      for (int index = 0; index < 2; index++) {
        var server = servers.server(role, index);
        putAddress(server.name(), server);
      }
    }
    putAddress(NameServers.alias(), servers.server(Role.HOSTING, 1));
  }

  private void putAddress(Name name, NameServers.Server server) {
    set(
        new RRset(
            new ARecord(name, DClass.IN, DELEGATION_TTL_SECONDS, server.address().getAddress())));
  }

  Signer signer() {
    return signer;
  }

  <T> T read(Function<View, T> look) {
    lock.readLock().lock();
    try {
      return look.apply(new View());
    } finally {
      lock.readLock().unlock();
    }
  }

  /// Replaces the record set of that name and type. A CNAME replaces other types and they replace
  /// it.
  void set(RRset set) {
    write(() -> {
      switch (set.getType()) {
        case Type.NS -> delegate(set);
        case Type.DS -> parentOfCut(set.getName()).put(set);
        default -> replace(set);
      }
      return true;
    });
  }

  private void replace(RRset set) {
    var name = set.getName();
    if (set.getType() == Type.CNAME && apexFor(name).equals(name)) {
      throw new DnsInputException(
          "type",
          "%s is a zone's apex, which cannot be a CNAME (RFC 1034 §3.6.2)"
              .formatted(name.toString(true)));
    }
    var zone = zoneFor(name);
    if (set.getType() == Type.CNAME) {
      zone.setsAt(name).stream().mapToInt(RRset::getType).forEach(type -> zone.remove(name, type));
    } else {
      zone.remove(name, Type.CNAME);
    }
    zone.put(set);
    touch(zone);
  }

  /// At a zone's apex: moves the zone to other servers, parent included. Below: a cut, with a zone
  /// of its own when our servers are named. A CNAME of the name makes way.
  private void delegate(RRset set) {
    var name = set.getName();
    var zone = zoneFor(name);
    zone.remove(name, Type.CNAME);
    boolean isOurs =
        set.rrs().stream()
            .map(each -> ((NSRecord) each).getTarget())
            .anyMatch(target -> target.equals(NameServers.name(Role.HOSTING, 0)));
    if (!zone.apex().equals(name) && isOurs) {
      zone = make(name);
    }
    zone.put(set);
    touch(zone);
    if (zone.apex().equals(name)) {
      var parent = parentOf(name);
      parent.put(set);
      touch(parent);
    }
  }

  private Zone parentOfCut(Name name) {
    boolean isZone = apexFor(name).equals(name);
    if (!isZone && enclosing(name).find(name, Type.NS).isEmpty()) {
      throw new DnsInputException(
          "name", "%s is no delegated zone, so it has no DS".formatted(name.toString(true)));
    }
    zoneFor(name);
    return parentOf(name);
  }

  /// Removes one record set. Removing the DS of a zone makes it unsigned in the parent's eyes.
  ///
  /// @return whether there was one
  boolean unset(Name name, int type) {
    return write(() -> {
      var zone = type == Type.DS && !name.equals(Name.root) ? parentOf(name) : enclosing(name);
      boolean isNeeded =
          zone.apex().equals(name) && (type == Type.NS || type == Type.SOA || type == Type.DNSKEY);
      if (isNeeded) {
        throw new DnsInputException(
            "type", "a zone needs its %s records".formatted(Type.string(type)));
      }
      boolean removed = zone.remove(name, type);
      touch(zone);
      return removed;
    });
  }

  /// Removes all record sets of the name, but those a zone needs at its apex.
  ///
  /// @return whether there was one
  boolean unset(Name name) {
    return write(() -> {
      var zone = enclosing(name);
      var sets =
          zone.setsAt(name).stream()
              .filter(set -> !zone.apex().equals(name) || !isZonesOwn(set))
              .toList();
      sets.forEach(set -> zone.remove(name, set.getType()));
      touch(zone);
      return !sets.isEmpty();
    });
  }

  /// Gives the name a fault in place of the one it has; empty heals it.
  void fault(Name name, Optional<DnsFault> fault) {
    write(() -> {
      if (fault.isPresent()) {
        zoneFor(name);
        faults.set(name, fault.get(), clock.instant());
      } else {
        faults.clear(name);
      }
      return true;
    });
  }

  /// What people have set at that name and below it, delegations included.
  List<RRset> setsFrom(Name name) {
    return read(_ -> {
      var found = new ArrayList<RRset>();
      for (var zone : zones.values()) {
        boolean isNear = zone.apex().subdomain(name) || name.subdomain(zone.apex());
        if (isNear) {
          zone.setsFrom(name.subdomain(zone.apex()) ? name : zone.apex()).stream()
              .filter(set -> !isZonesOwn(set) || isChosen(zone, set))
              .forEach(found::add);
        }
      }
      return found;
    });
  }

  /// Every zone, parents before children.
  List<Name> apexes() {
    return read(_ -> zones.keySet().stream().sorted().toList());
  }

  /// Whether our parent vouches for that zone's key.
  boolean isSigned(Name apex) {
    return read(_ -> apex.equals(Name.root) || parentOf(apex).find(apex, Type.DS).isPresent());
  }

  /// Whether any name comes and goes by itself.
  boolean isFlapping() {
    return read(_ -> faults.all().containsValue(DnsFault.FLAP));
  }

  Map<Name, DnsFault> faults() {
    return read(_ -> faults.all());
  }

  /// The zone of that registrable domain, made with its delegation when there is none.
  void makeFor(Name name) {
    write(() -> zoneFor(name));
  }

  /// A zone of its own at exactly that name.
  void makeAt(Name apex) {
    write(() -> zones.containsKey(apex) ? zones.get(apex) : make(apex));
  }

  private Zone zoneFor(Name name) {
    var zone = enclosing(name);
    if (Role.of(zone.apex()) == Role.HOSTING) {
      return zone;
    }
    return RegistrableDomain.of(name).map(this::make).orElseGet(() -> topLevel(name));
  }

  /// Where the apex of [#zoneFor] is or would be. Makes nothing.
  private Name apexFor(Name name) {
    var apex = enclosing(name).apex();
    return Role.of(apex) == Role.HOSTING
        ? apex
        : RegistrableDomain.of(name).orElseGet(() -> topOf(name));
  }

  private static Name topOf(Name name) {
    return new Name(name, name.labels() - 2);
  }

  private Zone topLevel(Name name) {
    var top = topOf(name);
    var known = zones.get(top);
    return known == null ? make(top) : known;
  }

  private Zone make(Name apex) {
    var zone = new Zone(apex, NEGATIVE_TTL_SECONDS);
    var servers = serversOf(apex);
    zone.put(servers);
    zone.put(new RRset(signer.keyOf(apex)));
    if (!apex.equals(Name.root)) {
      var parent = parentOf(apex);
      moveInto(zone, parent);
      parent.put(servers);
      parent.put(new RRset(signer.anchorOf(apex, DELEGATION_TTL_SECONDS)));
      touch(parent);
    }
    zones.put(apex, zone);
    touch(zone);
    return zone;
  }

  /// The NS records that the sandbox gives a zone.
  private static RRset serversOf(Name apex) {
    var servers = new RRset();
    for (int index = 0; index < 2; index++) {
      var server = NameServers.name(Role.of(apex), index);
      servers.addRR(new NSRecord(apex, DClass.IN, DELEGATION_TTL_SECONDS, server));
    }
    return servers;
  }

  private static void moveInto(Zone child, Zone parent) {
    for (var set : parent.setsFrom(child.apex())) {
      boolean isDelegation =
          set.getName().equals(child.apex())
              && (set.getType() == Type.NS || set.getType() == Type.DS);
      if (!isDelegation) {
        child.put(set);
      }
      parent.remove(set.getName(), set.getType());
    }
  }

  private Zone parentOf(Name apex) {
    var above = enclosing(new Name(apex, 1));
    return Role.of(above.apex()) == Role.HOSTING || apex.labels() == 2 ? above : topLevel(apex);
  }

  /// The lowest zone there is that holds the name.
  private Zone enclosing(Name name) {
    for (int labels = name.labels(); labels > 1; labels--) {
      var zone = zones.get(new Name(name, name.labels() - labels));
      if (zone != null) {
        return zone;
      }
    }
    return Objects.requireNonNull(zones.get(Name.root));
  }

  private void touch(Zone zone) {
    serial++;
    zone.put(
        new RRset(
            new SOARecord(
                zone.apex(),
                DClass.IN,
                TTL_SECONDS,
                NameServers.name(Role.of(zone.apex()), 0),
                HOSTMASTER,
                serial & 0xffff_ffffL,
                3_600,
                600,
                604_800,
                NEGATIVE_TTL_SECONDS)));
  }

  private boolean isZonesOwn(RRset set) {
    return switch (set.getType()) {
      case Type.SOA, Type.DNSKEY, Type.NS, Type.DS -> true;
      default -> false;
    };
  }

  /// Whether an NS or DS set is another than the sandbox would make. Shown once, at the parent.
  private boolean isChosen(Zone zone, RRset set) {
    if (zone.apex().equals(set.getName())) {
      return false;
    }
    return switch (set.getType()) {
      case Type.NS ->
          !Set.copyOf(set.rrs(false)).equals(Set.copyOf(serversOf(set.getName()).rrs(false)));
      case Type.DS -> !set.rrs(false).equals(List.of(signer.anchorOf(set.getName(), set.getTTL())));
      default -> false;
    };
  }

  private <T> T write(Supplier<T> change) {
    lock.writeLock().lock();
    try {
      return change.get();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
