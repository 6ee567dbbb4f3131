package io.nameplate.domains;

import java.time.Instant;
import java.util.Optional;

/// Whether a domain's records and addresses are to be looked at, apart from its nodes: these may be
/// looked at sooner, and asking DNS costs more.
public final class Outlook {
  private Outlook() {}

  /// Whether they are due at `now`, or somebody asked for a look.
  public static boolean due(Standing standing, Instant now) {
    return asked(standing.domain()) || next(standing, now).isEmpty();
  }

  /// Whether somebody asked for a look since the last one.
  public static boolean asked(Domain domain) {
    return domain
        .checkRequestedAt()
        .filter(at -> domain.checkedAt().filter(checked -> !checked.isBefore(at)).isEmpty())
        .isPresent();
  }

  /// When they were to be looked at again, if that is still to come.
  static Optional<Instant> next(Standing standing, Instant now) {
    var type =
        standing.domain().wanted() == Wanted.SERVING ? ConditionType.DNS : ConditionType.OWNERSHIP;
    return standing
        .condition(type)
        .filter(known -> known.generation() >= standing.domain().generation())
        .flatMap(Condition::nextCheckAt)
        .filter(now::isBefore);
  }
}
