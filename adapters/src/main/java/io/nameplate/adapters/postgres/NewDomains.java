package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.record.DomainRows;
import io.nameplate.adapters.postgres.record.Events;
import io.nameplate.adapters.postgres.record.Outbox;
import io.nameplate.clusters.Cluster;
import io.nameplate.domains.Domain;
import io.nameplate.domains.NewDomain;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;

/// The first row of a domain, with the first line of its history and its instruction, in one round
/// trip.
final class NewDomains {
  private static final String INSERT =
      """
      with earlier as (
        select cname_label, txt_token from domain where team_id = ? and hostname = ? and removed_at > now() - interval '30 days'
          order by removed_at desc limit 1),
      d as (
        insert into domain (id, team_id, cluster_id, hostname, hostname_reversed, hostname_unicode, origin_url, host_header,
            cname_label, txt_token, due_at)
          values (?, ?, ?, ?, ?, ?, ?, ?, coalesce((select cname_label from earlier), ?), coalesce((select txt_token from earlier), ?), now() + interval '45 seconds')
          on conflict (team_id, hostname) where removed_at is null do nothing returning *),
      written as (
        insert into event (id, team_id, domain_id, type, message, at)
          select ?, team_id, id, 'added', 'The domain was added.', clock_timestamp() from d),
      asked as (insert into outbox (domain_id, team_id, priority) select id, team_id, ? from d)
      select %s from d\
      """
          .formatted(DomainRows.COLUMNS);

  private NewDomains() {}

  /// The row; empty when the team has the hostname already.
  static Optional<Domain> insert(
      Connection connection, TeamId team, NewDomain domain, Cluster cluster) throws SQLException {
    var hostname = domain.name().ascii().ascii();
    try (var insert = connection.prepareStatement(INSERT)) {
      Columns.bind(
          insert,
          team.uuid(),
          hostname,
          domain.id().uuid(),
          team.uuid(),
          cluster.id().uuid(),
          hostname,
          reversed(hostname),
          domain.name().unicode(),
          domain.origin().url(),
          domain.origin().hostHeader().word(),
          domain.cnameLabel(),
          domain.txtToken(),
          Events.newId(),
          Outbox.Priority.NEW.number());
      try (var row = insert.executeQuery()) {
        return row.next() ? Optional.of(DomainRows.domain(row)) : Optional.empty();
      }
    }
  }

  static String reversed(String hostname) {
    var labels = Arrays.asList(hostname.split("\\."));
    Collections.reverse(labels);
    return String.join(".", labels);
  }
}
