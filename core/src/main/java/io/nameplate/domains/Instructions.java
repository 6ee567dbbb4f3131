package io.nameplate.domains;

import io.nameplate.clusters.ClusterId;
import java.util.List;
import java.util.Optional;

/// What is to be handed to Temporal: runs that are needed. They are written in the transaction of
/// the change they follow from, and delivered at least once.
public interface Instructions {
  /// Takes some, the most urgent first, and hands them to `delivery`. They are done with when it
  /// returns; when it throws, or this process ends, they come again.
  ///
  /// @return how many there were
  int deliver(int atMost, Delivery delivery);

  /// Asks for a run.
  void put(DomainRef domain, Urgency urgency);

  /// Hands instructions on.
  @FunctionalInterface
  interface Delivery {
    void of(List<Instruction> instructions);
  }

  /// A run is needed.
  ///
  /// @param cluster where the domain is placed; empty: it is gone
  record Instruction(DomainRef domain, Optional<ClusterId> cluster, Urgency urgency) {}

  /// How soon, the most urgent first.
  enum Urgency {
    REMOVAL(1),
    RENEWAL(2),
    CHANGE(3),
    NEW(4);

    private final int number;

    Urgency(int number) {
      this.number = number;
    }

    /// 1 is the most urgent, in the record and for Temporal.
    public int number() {
      return number;
    }
  }
}
