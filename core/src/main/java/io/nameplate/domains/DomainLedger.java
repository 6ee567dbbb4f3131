package io.nameplate.domains;

import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import java.util.Optional;
import java.util.function.Function;

/// The record of domains, as the life cycle reads and writes it. Every write locks the domain's row
/// and compares its generation: an older run writes nothing and has to read again.
public interface DomainLedger {
  /// How a domain stands; empty: the team has none with this id.
  Optional<Standing> read(DomainRef ref);

  /// Writes what `decide` makes of the domain as it stands under the lock: conditions, status,
  /// history and when it is due. Writing the same again changes nothing but the times. `decide` may
  /// be called again when the transaction loses a race.
  ///
  /// @return how it stands then; empty, and nothing is written, if its generation is not
  ///   `generation` any more
  Optional<Standing> write(DomainRef ref, long generation, Function<Standing, Change> decide);

  /// Has the wanted certificate's renewal window looked at as soon as somebody can.
  void wantWindow(DomainRef ref);

  /// Tells the cluster's nodes what to do for the hostname, with the wanted certificate, unless
  /// they were told exactly that already; writes what `decide` makes of it in the same transaction.
  ///
  /// @return the entry's position; empty, and nothing is written, if the generation is another one
  ///   or the domain does not hold the name
  Optional<Position> tell(
      DomainRef ref, long generation, EntryState state, Function<Standing, Change> decide);
}
