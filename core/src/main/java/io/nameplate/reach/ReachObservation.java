package io.nameplate.reach;

import java.time.Instant;
import java.util.List;

/// What was seen when a name's addresses were dialled.
///
/// @param dialled each address of the name
/// @param canary the cluster's own addresses asked for its own name, where an address of the name
///   did not answer; empty otherwise
public record ReachObservation(Instant at, List<Dialled> dialled, List<Dialled> canary) {
  public ReachObservation {
    dialled = List.copyOf(dialled);
    canary = List.copyOf(canary);
  }
}
