package io.nameplate.domains;

import io.nameplate.clusters.ClusterId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Domains whose time has come.
public interface DueDomains {
  /// Thousands at the same moment would look at nothing else.
  Duration SPREAD = Duration.ofSeconds(4);

  /// How many are made due in one transaction.
  int BATCH = 1_000;

  /// Takes some, the longest overdue first, each for `postpone` to this caller alone: who does not
  /// write when it is due next finds it due again then.
  ///
  /// @param others how many at most that are not served
  List<Due> claim(int atMost, int others, Duration postpone);

  /// Makes served domains of a cluster due, at moments spread over `spread`: in the order of their
  /// ids, some at a time.
  ///
  /// @param after the last of the batch before; empty: none
  /// @return the last of this batch; empty: that was all
  Optional<DomainId> hasten(
      ClusterId cluster, Optional<DomainId> after, int atMost, Duration spread);

  /// Makes every served domain of a cluster due within seconds.
  default void hasten(ClusterId cluster) {
    var last = Optional.<DomainId>empty();
    do {
      last = hasten(cluster, last, BATCH, SPREAD);
    } while (last.isPresent());
  }

  /// A domain that was taken.
  ///
  /// @param served whether visitors are served under it
  record Due(DomainRef domain, boolean served) {}
}
