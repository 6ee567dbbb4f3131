package io.nameplate.dns;

import java.time.Instant;

/// Looks at a name in DNS.
public interface DnsObserver {
  /// One look, a few milliseconds when everybody answers and about eight seconds at most. It never
  /// fails: servers that do not answer are part of what was seen. `now` is the moment written into
  /// the observation.
  DnsObservation look(DnsExpectation expected, Instant now);
}
