package io.nameplate.adapters.dns;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.Name;

/// Delegations of shared zones (top-level domains, our own zone), remembered across looks for a
/// minute: every look needs them and they hardly change. A customer's zone is never remembered.
/// Thread-safe.
final class KnownZones {
  private static final long KEEP_NANOS = 60_000_000_000L;

  /// The public suffix list has about 10,000 entries.
  private static final int MOST = 10_000;

  private final Map<Name, Known> zones = new ConcurrentHashMap<>();

  private record Known(Zone zone, long untilNanos) {}

  Optional<Zone> find(Name name) {
    var known = zones.get(name);
    return known != null && System.nanoTime() - known.untilNanos < 0
        ? Optional.of(known.zone)
        : Optional.empty();
  }

  void keep(Zone zone) {
    if (!zone.shared()) {
      return;
    }
    if (zones.size() >= MOST) {
      zones.clear();
    }
    zones.put(zone.name(), new Known(zone, System.nanoTime() + KEEP_NANOS));
  }

  /// After its servers did not answer.
  void forget(Name name) {
    zones.remove(name);
  }
}
