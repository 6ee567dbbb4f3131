package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.EventId;
import io.nameplate.domains.HistoryLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Lines of history in the order in which transactions began to write. It stops below the oldest
/// transaction that still runs: a line of it that commits later would else stand before a cursor
/// that has passed.
final class Histories {
  private Histories() {}

  static List<HistoryLine> select(
      Connection connection, DomainId domain, HistoryLine.Place after, int limit)
      throws SQLException {
    var lines = new ArrayList<HistoryLine>();
    try (var select =
        connection.prepareStatement(
            """
            select id, type, message, data, at, xid::text::bigint as transaction, seq from event
              where domain_id = ? and (xid, seq) > (?::text::xid8, ?)
                and xid < pg_snapshot_xmin(pg_current_snapshot())
              order by xid, seq limit ?\
            """)) {
      Columns.bind(select, domain.uuid(), Long.toString(after.transaction()), after.line(), limit);
      try (var row = select.executeQuery()) {
        while (row.next()) {
          lines.add(
              new HistoryLine(
                  new EventId(Columns.uuid(row, "id")),
                  new HistoryLine.Place(row.getLong("transaction"), row.getLong("seq")),
                  row.getString("type"),
                  Columns.instant(row, "at"),
                  row.getString("message"),
                  row.getString("data")));
        }
      }
    }
    return lines;
  }
}
