package io.nameplate.adapters.postgres;

import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.certificates.CertificateId;
import io.nameplate.clusters.ClusterId;
import io.nameplate.domains.DomainId;
import io.nameplate.domains.HostHeader;
import io.nameplate.domains.Hostname;
import io.nameplate.domains.Origin;
import io.nameplate.edge.EdgeFeed;
import io.nameplate.edge.EdgeFeed.Answer;
import io.nameplate.edge.EdgeFeed.Batch;
import io.nameplate.edge.EdgeFeed.Change;
import io.nameplate.edge.EdgeFeed.SealedCertificate;
import io.nameplate.edge.EdgeFeed.Since;
import io.nameplate.edge.Entry;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import io.nameplate.teams.TeamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// What follows a position. The counter and the entries are read by one statement, as of one
/// moment: no entry can leave the range in between and be missed. An answer that does comes with
/// the next batch.
final class FeedBatches {
  private static final String HEAD =
      """
      select p.epoch as at_epoch, p.revision as at_revision, p.tombstones_purged_to, p.epoch_from, e.*
        from cluster_position p left join lateral (\
      """;
  private static final String ENTRY =
      """
      select e.*, c.chain, c.not_before, c.not_after, k.sealed
        from entry e
        left join certificate c on c.id = e.certificate_id
        left join certificate_key k on k.certificate_id = e.certificate_id and k.cluster_id = e.cluster_id
        where e.cluster_id = p.cluster_id and e.revision <= p.revision\
      """;
  private static final String CHANGED =
      HEAD
          + ENTRY
          + " and e.revision > ? order by e.revision limit ?) e on true"
          + " where p.cluster_id = ? and p.cluster_id = current_cluster() order by e.revision";
  private static final String LISTED =
      HEAD + ENTRY + " and e.hostname = any (?)) e on true where p.cluster_id = ?";
  private static final String OUTLINE =
      HEAD
          + "select hostname, revision, state from entry"
          + " where cluster_id = p.cluster_id and revision <= p.revision) e on true"
          + " where p.cluster_id = ?";
  private static final String ANSWERS =
      """
      select * from answer
        where cluster_id = ? and revision > ? and revision <= ? order by revision limit ?\
      """;
  private static final String AT_ONCE =
      "select set_config('nameplate.cluster', ?, true);" + CHANGED + ";" + ANSWERS;

  private final Connection connection;
  private final ClusterId cluster;

  FeedBatches(Connection connection, ClusterId cluster) {
    this.connection = connection;
    this.cluster = cluster;
  }

  /// Reads row by row: a page of everything has megabytes.
  Batch streamed(Since since, int limit) throws SQLException {
    var changed = new Changed();
    var after = since.after().revision();
    // One row more than the limit tells that there is more.
    read(CHANGED, changed, after, limit + 1, cluster.uuid());
    return batch(since, limit, changed, answers(after, changed.head.of(cluster), limit + 1));
  }

  /// The same in one message, outside of any transaction. The counter comes only together with what
  /// the cluster's name opens, so nothing can look unchanged that merely cannot be seen.
  Batch atOnce(Since since, int limit) throws SQLException {
    var changed = new Changed();
    var answers = new ArrayList<Answer>();
    var after = since.after().revision();
    try (var message = connection.prepareStatement(AT_ONCE)) {
      Columns.bind(
          message,
          cluster.uuid().toString(),
          after,
          limit + 1,
          cluster.uuid(),
          cluster.uuid(),
          after,
          Long.MAX_VALUE, // where the counter is, only this message's own answer tells
          limit + 1);
      message.execute();
      next(message, changed);
      next(message, row -> answers.add(answer(row)));
    }
    var there = changed.head.of(cluster).revision();
    answers.removeIf(answer -> answer.revision() > there);
    return batch(since, limit, changed, answers);
  }

  private static void next(PreparedStatement message, EachRow each) throws SQLException {
    if (!message.getMoreResults()) {
      throw new IllegalStateException("a message to the record was answered in part");
    }
    try (var row = message.getResultSet()) {
      while (row.next()) {
        each.row(row);
      }
    }
  }

  private Batch batch(Since since, int limit, Changed changed, List<Answer> answers) {
    var there = changed.head.of(cluster);
    var after = since.after();
    if (!since.everything() && after.epoch() != there.epoch()) {
      return new Batch.OtherEpoch(there.epoch());
    }
    if (!since.everything() && !since.snapshot() && after.revision() < changed.head.purgedTo) {
      return new Batch.TooOld();
    }
    if (after.revision() >= there.revision()) {
      return new Batch.Changes(there, false, List.of(), List.of());
    }
    return batch(there, limit, changed.entries, answers);
  }

  private static Batch batch(
      Position there, int limit, List<Change> entries, List<Answer> answers) {
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

  Batch.Changes listed(List<String> hostnames) throws SQLException {
    var listed = new Changed();
    read(LISTED, listed, Columns.textArray(connection, hostnames), cluster.uuid());
    return new Batch.Changes(listed.head.of(cluster), false, listed.entries, List.of());
  }

  void outline(EdgeFeed.Outline to) throws SQLException {
    var head = new Head();
    read(
        OUTLINE,
        row -> {
          if (head.read(row)) {
            to.begins(head.at, head.epochFrom);
          }
          var hostname = row.getString("hostname");
          if (hostname != null) {
            to.name(hostname, row.getLong("revision"), row.getString("state").equals("removed"));
          }
        },
        cluster.uuid());
    answers(0, head.of(cluster), Integer.MAX_VALUE).forEach(to::answer);
  }

  private List<Answer> answers(long after, Position to, int limit) throws SQLException {
    var answers = new ArrayList<Answer>();
    read(ANSWERS, row -> answers.add(answer(row)), cluster.uuid(), after, to.revision(), limit);
    return answers;
  }

  private void read(String sql, EachRow each, Object... parameters) throws SQLException {
    try (var select = connection.prepareStatement(sql)) {
      Columns.bind(select, parameters);
      select.setFetchSize(500);
      try (var row = select.executeQuery()) {
        while (row.next()) {
          each.row(row);
        }
      }
    }
  }

  /// The cluster's counter with entries.
  private static final class Changed implements EachRow {
    private final Head head = new Head();
    private final List<Change> entries = new ArrayList<>();

    @Override
    public void row(ResultSet row) throws SQLException {
      head.read(row);
      if (row.getString("hostname") != null) {
        entries.add(change(row, head.at.epoch()));
      }
    }
  }

  /// What every row says of the cluster.
  private static final class Head {
    private Position at = new Position(0, 0);
    private long purgedTo;
    private long epochFrom;
    private boolean known;

    /// True for the first row.
    boolean read(ResultSet row) throws SQLException {
      if (known) {
        return false;
      }
      at = new Position(row.getLong("at_epoch"), row.getLong("at_revision"));
      purgedTo = row.getLong("tombstones_purged_to");
      epochFrom = row.getLong("epoch_from");
      known = true;
      return true;
    }

    Position of(ClusterId cluster) {
      if (!known) {
        throw new IllegalStateException("cluster " + cluster + " has no counter");
      }
      return at;
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
