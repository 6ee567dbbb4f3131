package io.nameplate.domains;

import java.time.Duration;
import java.util.List;

/// Domains whose time has come.
public interface DueDomains {
  /// Takes some, the longest overdue first, each for `postpone` to this caller alone: who does not
  /// write when it is due next finds it due again then.
  List<DomainRef> claim(int atMost, Duration postpone);
}
