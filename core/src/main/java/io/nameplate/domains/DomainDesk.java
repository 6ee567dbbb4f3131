package io.nameplate.domains;

import io.nameplate.teams.TeamId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What a team does with its domains. All a call does commits together, with the instruction for
/// what has to follow; what protects people (suspending, removing, a new origin) is told to the
/// nodes in that commit too. A domain of another team and a removed one are as if they were not
/// there.
public interface DomainDesk {
  /// Adds a claim.
  Addition add(TeamId team, NewDomain domain);

  /// One domain, as it is at `now`.
  Optional<DomainView> find(TeamId team, DomainId domain, Instant now);

  /// Domains by hostname.
  ///
  /// @param after the last hostname of the page before; empty: from the first
  /// @param limit how many at most
  List<DomainView> list(
      TeamId team, DomainFilter filter, Optional<String> after, int limit, Instant now);

  /// Replaces the origin by what `change` makes of it.
  Optional<DomainView> changeOrigin(
      TeamId team, DomainId domain, UnaryOperator<Origin> change, Instant now);

  /// Shows a neutral page from now on; twice is once.
  Optional<DomainView> suspend(TeamId team, DomainId domain, Instant now);

  /// Serves it again; twice is once.
  Optional<DomainView> resume(TeamId team, DomainId domain, Instant now);

  /// Unroutes the name and forgets the domain. False: there is none.
  boolean remove(TeamId team, DomainId domain);

  /// Asks for a look now. Calls within two seconds are one. False: there is none.
  boolean check(TeamId team, DomainId domain);

  /// Asks for a hostname that another team holds.
  Transfer transfer(TeamId team, DomainId domain);

  /// Lines of the history after a place, oldest first. Empty: there is no such domain.
  Optional<List<HistoryLine>> history(
      TeamId team, DomainId domain, HistoryLine.Place after, int limit);
}
