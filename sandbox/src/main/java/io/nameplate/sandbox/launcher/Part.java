package io.nameplate.sandbox.launcher;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A process of the running system, in the order in which people read about them.
enum Part {
  POSTGRES("postgres"),
  TEMPORAL("temporal"),
  PEBBLE("pebble"),
  SANDBOX("sandbox"),
  API("api"),
  WORKER("worker"),
  DASHBOARD("dashboard"),
  EDGE_1("edge-1"),
  EDGE_2("edge-2");

  private final String label;

  Part(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  static Optional<Part> named(String label) {
    return Arrays.stream(values()).filter(part -> part.label.equals(label)).findFirst();
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(Part::label).toList();
  }

  /// The number of an edge node in its addresses; empty for what is no edge.
  Optional<Integer> node() {
    return switch (this) {
      case EDGE_1 -> Optional.of(1);
      case EDGE_2 -> Optional.of(2);
      case POSTGRES, TEMPORAL, PEBBLE, SANDBOX, API, WORKER, DASHBOARD -> Optional.empty();
    };
  }

  @Override
  public String toString() {
    return label;
  }
}
