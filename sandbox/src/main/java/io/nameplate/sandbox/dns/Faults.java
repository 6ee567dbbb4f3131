package io.nameplate.sandbox.dns;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.xbill.DNS.Name;

/// Which names are in fault. A fault holds for its name and all below it in the same zone. Guarded
/// by the lock of [Zones].
final class Faults {
  /// How long a flapping name is gone, and then back, in turns; it begins gone.
  static final Duration FLAP = Duration.ofSeconds(5);

  private final Map<Name, Active> active = new TreeMap<>();
  private final Map<Name, DnsFault> ofZones = new TreeMap<>();

  /// A fault and since when it is one.
  record Active(DnsFault fault, Instant since) {
    boolean isGone(Instant now) {
      return Duration.between(since, now).dividedBy(FLAP) % 2 == 0;
    }
  }

  /// The fault, and the name it was set for.
  record Found(Name name, Active active) {}

  void set(Name name, DnsFault fault, Instant now) {
    clear(name);
    active.put(name, new Active(fault, now));
    if (fault.concernsWholeZone()) {
      ofZones.put(name, fault);
    }
  }

  void clear(Name name) {
    active.remove(name);
    ofZones.remove(name);
  }

  /// The fault that a question for the name meets at the servers of that zone: the closest one.
  Optional<Found> at(Name zone, Name name) {
    if (active.isEmpty()) {
      return Optional.empty();
    }
    for (int labels = name.labels(); labels >= zone.labels(); labels--) {
      var ancestor = new Name(name, name.labels() - labels);
      var found = active.get(ancestor);
      if (found != null && !found.fault().concernsWholeZone()) {
        return Optional.of(new Found(ancestor, found));
      }
    }
    return Optional.empty();
  }

  /// Those that are the zone's, by the name they were set for.
  Map<Name, DnsFault> ofZones() {
    return Collections.unmodifiableMap(ofZones);
  }

  Map<Name, DnsFault> all() {
    var all = new TreeMap<Name, DnsFault>();
    active.forEach((name, each) -> all.put(name, each.fault()));
    return all;
  }
}
