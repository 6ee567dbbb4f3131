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
  /// Sorts behind every text that begins as the prefix does: columns compare by code point, and
  /// this is the last one (U+10FFFF), which no name has.
  private static final String LAST = "\udbff\udfff";

  private static final String IN_ASCII = " and d.hostname >= ? and d.hostname < ?";

  /// Names that begin so only as people write them; few, and with an index of their own.
  private static final String IN_UNICODE_ONLY =
      " and d.idn and d.hostname_unicode >= ? and d.hostname_unicode < ?"
          + " and not (d.hostname >= ? and d.hostname < ?)";

  private DomainLists() {}

  static List<Domain> select(
      Connection connection, DomainFilter filter, Optional<String> after, int limit)
      throws SQLException {
    var values = new ArrayList<Object>();
    var sql =
        filter.prefix().isEmpty()
            ? list(filter, after, "", List.of(), values)
            : "select * from (("
                + list(filter, after, IN_ASCII, range(filter.prefix().get()), values)
                + limited(limit)
                + ") union all ("
                + list(filter, after, IN_UNICODE_ONLY, twice(filter.prefix().get()), values)
                + limited(limit)
                + ")) as d";
    sql += limited(limit);
    var domains = new ArrayList<Domain>();
    try (var select = connection.prepareStatement(sql)) {
      Columns.bind(select, values.toArray());
      try (var row = select.executeQuery()) {
        while (row.next()) {
          domains.add(DomainRows.domain(row));
        }
      }
    }
    return domains;
  }

  /// One list in the order of its index.
  private static String list(
      DomainFilter filter,
      Optional<String> after,
      String where,
      List<String> range,
      List<Object> values) {
    var sql = new StringBuilder("select ").append(DomainRows.COLUMNS).append(" from domain d");
    sql.append(" where d.team_id = current_team() and d.removed_at is null").append(where);
    values.addAll(range);
    filter
        .status()
        .ifPresent(status -> {
          sql.append(" and d.status = ?");
          values.add(status.word());
        });
    after.ifPresent(hostname -> {
      sql.append(" and d.hostname > ?");
      values.add(hostname);
    });
    return sql.toString();
  }

  private static String limited(int limit) {
    return " order by d.hostname limit " + limit;
  }

  private static List<String> range(String prefix) {
    return List.of(prefix, prefix + LAST);
  }

  private static List<String> twice(String prefix) {
    return List.of(prefix, prefix + LAST, prefix, prefix + LAST);
  }
}
