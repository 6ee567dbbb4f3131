package io.nameplate.reach;

import java.time.Instant;

/// Dials a name's addresses.
public interface ReachProber {
  /// Dials all of them at once; about four seconds at most, a few milliseconds when all answer. It
  /// never fails: an address that does not answer is part of what was seen.
  ReachObservation dial(ReachQuestion question, Instant now);
}
