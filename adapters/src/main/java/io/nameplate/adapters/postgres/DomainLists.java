package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.record.DomainRows;
import io.nameplate.domains.Domain;
import io.nameplate.domains.DomainFilter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Pages of domains. Only range predicates: they keep their indexes under row-level security.
final class DomainLists {
  /// Sorts after every text that begins as the prefix does: columns compare by code point.
  private static final String LAST = "\uffff";

  private DomainLists() {}

  static List<Domain> select(
      Connection connection, DomainFilter filter, Optional<String> after, int limit)
      throws SQLException {
    var sql = new StringBuilder("select ").append(DomainRows.COLUMNS).append(" from domain d");
    sql.append(" where d.team_id = current_team() and d.removed_at is null");
    var values = new ArrayList<Object>();
    if (filter.status().isPresent()) {
      sql.append(" and d.status = ?");
      values.add(filter.status().get().word());
    }
    if (filter.prefix().isPresent()) {
      var prefix = filter.prefix().get();
      var column = prefix.chars().allMatch(c -> c < 128) ? "d.hostname" : "d.hostname_unicode";
      sql.append(" and %1$s >= ? and %1$s < ?".formatted(column));
      values.add(prefix);
      values.add(prefix + LAST);
    }
    if (after.isPresent()) {
      sql.append(" and d.hostname > ?");
      values.add(after.get());
    }
    sql.append(" order by d.hostname limit ").append(limit);
    var domains = new ArrayList<Domain>();
    try (var select = connection.prepareStatement(sql.toString())) {
      Columns.bind(select, values.toArray());
      try (var row = select.executeQuery()) {
        while (row.next()) {
          domains.add(DomainRows.domain(row));
        }
      }
    }
    return domains;
  }
}
