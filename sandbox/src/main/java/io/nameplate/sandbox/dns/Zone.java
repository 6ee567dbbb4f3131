package io.nameplate.sandbox.dns;

import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Type;

/// The record sets of one zone in DNSSEC's order of names. A name strictly below the apex that has
/// NS records is a cut: what lies below it is the child's. Guarded by the lock of [Zones].
final class Zone {
  private final Name apex;
  private final long negativeTtlSeconds;
  private final NavigableMap<Name, NavigableMap<Integer, RRset>> nodes = new TreeMap<>();

  Zone(Name apex, long negativeTtlSeconds) {
    this.apex = apex;
    this.negativeTtlSeconds = negativeTtlSeconds;
  }

  Name apex() {
    return apex;
  }

  void put(RRset set) {
    nodes.computeIfAbsent(set.getName(), _ -> new TreeMap<>()).put(set.getType(), set);
  }

  boolean remove(Name name, int type) {
    var node = nodes.get(name);
    if (node == null || node.remove(type) == null) {
      return false;
    }
    if (node.isEmpty()) {
      nodes.remove(name);
    }
    return true;
  }

  Optional<RRset> find(Name name, int type) {
    var node = nodes.get(name);
    return node == null ? Optional.empty() : Optional.ofNullable(node.get(type));
  }

  Collection<RRset> setsAt(Name name) {
    var node = nodes.get(name);
    return node == null ? List.of() : List.copyOf(node.values());
  }

  /// All sets at that name and below it.
  List<RRset> setsFrom(Name name) {
    return nodes.tailMap(name, true).entrySet().stream()
        .takeWhile(entry -> entry.getKey().subdomain(name))
        .flatMap(entry -> entry.getValue().values().stream())
        .toList();
  }

  /// Whether the name exists: it has records, or a name below it has.
  boolean exists(Name name) {
    var next = nodes.ceilingKey(name);
    return next != null && next.subdomain(name);
  }

  /// The topmost cut at or above the name: below it the child answers.
  Optional<Name> cut(Name name) {
    for (int labels = apex.labels() + 1; labels <= name.labels(); labels++) {
      var ancestor = new Name(name, name.labels() - labels);
      if (find(ancestor, Type.NS).isPresent()) {
        return Optional.of(ancestor);
      }
    }
    return Optional.empty();
  }

  /// The NSEC record at the name or, if there is none, the one whose gap holds it (RFC 4034 §4).
  RRset nsecFor(Name name) {
    var owner = lastSigned(nodes.floorKey(name));
    var next = nextSigned(owner);
    var types = nodes.getOrDefault(owner, new TreeMap<>()).keySet().stream();
    boolean isCut = !owner.equals(apex) && find(owner, Type.NS).isPresent();
    var own = isCut ? types.filter(type -> type == Type.NS || type == Type.DS) : types;
    int[] bitmap =
        IntStream.concat(own.mapToInt(Integer::intValue), IntStream.of(Type.RRSIG, Type.NSEC))
            .sorted()
            .toArray();
    return new RRset(new NSECRecord(owner, DClass.IN, negativeTtlSeconds, next, bitmap));
  }

  private Name lastSigned(@Nullable Name from) {
    var name = from;
    while (name != null && isBelowCut(name)) {
      name = nodes.lowerKey(name);
    }
    return name == null ? apex : name;
  }

  private Name nextSigned(Name owner) {
    var name = nodes.higherKey(owner);
    while (name != null && isBelowCut(name)) {
      name = nodes.higherKey(name);
    }
    return name == null ? apex : name;
  }

  private boolean isBelowCut(Name name) {
    return cut(name).filter(cut -> !cut.equals(name)).isPresent();
  }

  /// All sets, in DNSSEC's order of names.
  List<RRset> sets() {
    return setsFrom(apex);
  }

  /// A copy with each set replaced by what the change makes of it; empty leaves it out.
  Zone with(Function<RRset, Optional<RRset>> change) {
    var copy = new Zone(apex, negativeTtlSeconds);
    sets().forEach(set -> change.apply(set).ifPresent(copy::put));
    return copy;
  }
}
