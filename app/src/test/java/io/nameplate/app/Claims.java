package io.nameplate.app;

import io.nameplate.adapters.postgres.record.DomainRows;
import io.nameplate.adapters.postgres.record.Entries;
import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainId;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import io.nameplate.teams.TeamId;
import java.util.Optional;

/// What a worker would have written about a domain.
record Claims(Installation installation) {

  /// The claim is proved, and holds the hostname.
  void proved(TeamId team, String domain) {
    update(team, domain, "proof = 'cname', proved_at = now(), holder = true");
  }

  /// The claim is proved, and somebody else holds the hostname.
  void provedWithoutHolding(TeamId team, String domain) {
    update(team, domain, "proof = 'txt', proved_at = now()");
  }

  /// The claim's proof is gone.
  void lost(TeamId team, String domain) {
    update(team, domain, "proof = null");
  }

  /// Nodes serve the domain, without a certificate so far.
  Optional<Position> serve(TeamId team, String domain) {
    return installation.worker.inTeam(
        team,
        connection ->
            Entries.write(
                connection,
                DomainId.parse(domain),
                row(team, domain).generation(),
                EntryState.SERVING,
                Optional.empty()));
  }

  Domain row(TeamId team, String domain) {
    return installation.worker.inTeam(
        team, connection -> DomainRows.find(connection, DomainId.parse(domain)).orElseThrow());
  }

  private void update(TeamId team, String domain, String set) {
    installation.worker.inTeam(
        team,
        connection -> {
          try (var update =
              connection.prepareStatement("update domain set " + set + " where id = ?")) {
            update.setObject(1, DomainId.parse(domain).uuid());
            return update.executeUpdate();
          }
        });
  }
}
