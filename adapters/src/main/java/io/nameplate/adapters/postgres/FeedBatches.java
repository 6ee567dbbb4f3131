package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.certificates.CertificateId;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.HostHeader;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Origin;
import io.nameplate.edge.EdgeFeed.Answer;
import io.nameplate.edge.EdgeFeed.Batch;
import io.nameplate.edge.EdgeFeed.Change;
import io.nameplate.edge.EdgeFeed.SealedCertificate;
import io.nameplate.edge.Entry;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// What follows a position. The counter is read before the rows: a row that changes in between has
/// left the range and comes with the next batch.
final class FeedBatches {
  private static final String ENTRIES =
      """
      select e.*, c.chain, c.not_before, c.not_after, k.sealed
        from entry e
        left join certificate c on c.id = e.certificate_id
        left join certificate_key k on k.certificate_id = e.certificate_id and k.cluster_id = e.cluster_id
        where e.cluster_id = ? and e.revision > ? and e.revision <= ? order by e.revision limit ?\
      """;
  private static final String ANSWERS =
      """
      select * from answer
        where cluster_id = ? and revision > ? and revision <= ? order by revision limit ?\
      """;

  private final Connection connection;
  private final ClusterId cluster;

  FeedBatches(Connection connection, ClusterId cluster) {
    this.connection = connection;
    this.cluster = cluster;
  }

  Batch after(Position after, int limit) throws SQLException {
    Position there;
    long purgedTo;
    try (var select =
        connection.prepareStatement(
            "select epoch, revision, tombstones_purged_to from cluster_position where cluster_id = ?")) {
      select.setObject(1, cluster.uuid());
      try (var row = select.executeQuery()) {
        if (!row.next()) {
          throw new IllegalStateException("cluster " + cluster + " has no counter");
        }
        there = new Position(row.getLong("epoch"), row.getLong("revision"));
        purgedTo = row.getLong("tombstones_purged_to");
      }
    }
    var everything = after.epoch() == 0 && after.revision() == 0;
    if (!everything && after.epoch() != there.epoch()) {
      return new Batch.OtherEpoch(there.epoch());
    }
    if (!everything && after.revision() < purgedTo) {
      return new Batch.TooOld();
    }
    return between(after.revision(), there, limit);
  }

  private Batch between(long after, Position there, int limit) throws SQLException {
    if (after >= there.revision()) {
      return new Batch.Changes(there, false, List.of(), List.of());
    }
    var entries = new ArrayList<Change>();
    read(ENTRIES, after, there, limit, row -> entries.add(change(row, there.epoch())));
    var answers = new ArrayList<Answer>();
    read(ANSWERS, after, there, limit, row -> answers.add(answer(row)));
    if (entries.size() + answers.size() <= limit) {
      return new Batch.Changes(there, false, entries, answers);
    }
    // Revisions are unique, so the limit-th of both together ends the batch.
    var last =
        LongStream.concat(
                entries.stream().mapToLong(change -> change.entry().position().revision()),
                answers.stream().mapToLong(Answer::revision))
            .sorted()
            .skip(limit - 1L)
            .findFirst()
            .orElseThrow();
    entries.removeIf(change -> change.entry().position().revision() > last);
    answers.removeIf(answer -> answer.revision() > last);
    return new Batch.Changes(new Position(there.epoch(), last), true, entries, answers);
  }

  /// One row more than the limit tells that there is more.
  private void read(String sql, long after, Position to, int limit, EachRow each)
      throws SQLException {
    try (var select = connection.prepareStatement(sql)) {
      Columns.bind(select, cluster.uuid(), after, to.revision(), limit + 1);
      select.setFetchSize(500);
      try (var row = select.executeQuery()) {
        while (row.next()) {
          each.row(row);
        }
      }
    }
  }

  private static Change change(ResultSet row, long epoch) throws SQLException {
    var url = row.getString("origin_url");
    var certificate = Columns.optionalUuid(row, "certificate_id").map(CertificateId::new);
    var entry =
        new Entry(
            new ClusterId(Columns.uuid(row, "cluster_id")),
            new Hostname(row.getString("hostname")),
            new DomainId(Columns.uuid(row, "domain_id")),
            new Position(epoch, row.getLong("revision")),
            Columns.word(EntryState.class, row, "state"),
            url == null
                ? Optional.empty()
                : Optional.of(new Origin(url, Columns.word(HostHeader.class, row, "host_header"))),
            certificate,
            Columns.instant(row, "changed_at"));
    return new Change(
        entry,
        new TeamId(Columns.uuid(row, "team_id")).toString(),
        certificate.isPresent() ? sealed(row, certificate.get()) : Optional.empty(),
        Columns.texts(row, "requires"));
  }

  /// Empty while the key is not sealed for this cluster.
  private static Optional<SealedCertificate> sealed(ResultSet row, CertificateId id)
      throws SQLException {
    var chain = row.getString("chain");
    var key = row.getBytes("sealed");
    return chain == null || key == null
        ? Optional.empty()
        : Optional.of(
            new SealedCertificate(
                id.toString(),
                chain,
                Base64.getEncoder().encodeToString(key),
                Columns.instant(row, "not_before"),
                Columns.instant(row, "not_after")));
  }

  static Answer answer(ResultSet row) throws SQLException {
    return new Answer(
        row.getString("hostname"),
        row.getString("token"),
        row.getString("value"),
        Columns.instant(row, "expires_at"),
        row.getLong("revision"),
        row.getBoolean("removed"));
  }

  @FunctionalInterface
  private interface EachRow {
    void row(ResultSet row) throws SQLException;
  }
}
