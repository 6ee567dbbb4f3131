package io.nameplate.app;

import io.nameplate.adapters.postgres.record.ConditionRows;
import io.nameplate.adapters.postgres.record.DomainRows;
import io.nameplate.adapters.postgres.record.Entries;
import io.nameplate.adapters.postgres.record.Statuses;
import io.nameplate.domains.Actor;
import io.nameplate.domains.Condition;
import io.nameplate.domains.ConditionState;
import io.nameplate.domains.ConditionType;
import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.Reason;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import io.nameplate.teams.TeamId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
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

  /// The claim's proof is so old.
  void provedAgo(TeamId team, String domain, Duration ago) {
    update(team, domain, "proved_at = now() - interval '%s'".formatted(ago));
  }

  /// Looked at in vain for more than seven days, and at rest since.
  void gaveUp(TeamId team, String domain) {
    update(team, domain, "verify_since = now() - interval '8 days', due_at = null");
  }

  /// A look at the domain that ended at `checked`, after which the next is due so much later.
  void looked(TeamId team, String domain, Instant checked, Duration next) {
    update(
        team, domain, "checked_at = '%s', due_at = now() + interval '%s'".formatted(checked, next));
  }

  /// The domain is proved on every node.
  void active(TeamId team, String domain) {
    installation.worker.inTeam(
        team,
        connection -> {
          var row = DomainRows.lock(connection, DomainId.parse(domain)).orElseThrow();
          var now = Instant.now();
          ConditionRows.write(
              connection,
              row,
              Arrays.stream(ConditionType.values())
                  .map(type ->
                      new Condition(
                          type,
                          row.generation(),
                          ConditionState.OK,
                          Reason.POINTS_HERE,
                          "It is so.",
                          List.of(),
                          Actor.NOBODY,
                          Optional.empty(),
                          now,
                          now,
                          Optional.empty()))
                  .toList());
          return Statuses.recompute(connection, row);
        });
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
