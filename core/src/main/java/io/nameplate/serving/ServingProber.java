package io.nameplate.serving;

import java.time.Instant;

/// Asks nodes for a name as a visitor would, over TLS, at their own addresses.
public interface ServingProber {
  /// Probes all nodes at once; about five seconds at most. It never fails: a node that does not
  /// answer is part of what was seen.
  ServingObservation probe(ServingQuestion question, Instant now);
}
