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
          + " where p.cluster_id = ? order by e.revision";
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

  private final Connection connection;
  private final ClusterId cluster;

  FeedBatches(Connection connection, ClusterId cluster) {
    this.connection = connection;
    this.cluster = cluster;
  }

  Batch since(Since since, int limit) throws SQLException {
    var after = since.after();
    var entries = new ArrayList<Change>();
    var head = new Head();
    // One row more than the limit tells that there is more.
    read(
        CHANGED,
        row -> {
          head.read(row);
          if (row.getString("hostname") != null) {
            entries.add(change(row, head.at.epoch()));
          }
        },
        after.revision(),
        limit + 1,
        cluster.uuid());
    var there = head.of(cluster);
    if (!since.everything() && after.epoch() != there.epoch()) {
      return new Batch.OtherEpoch(there.epoch());
    }
    if (!since.everything() && !since.snapshot() && after.revision() < head.purgedTo) {
      return new Batch.TooOld();
    }
    if (after.revision() >= there.revision()) {
      return new Batch.Changes(there, false, List.of(), List.of());
    }
    return batch(there, limit, entries, answers(after.revision(), there, limit + 1));
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
    var entries = new ArrayList<Change>();
    var head = new Head();
    read(
        LISTED,
        row -> {
          head.read(row);
          if (row.getString("hostname") != null) {
            entries.add(change(row, head.at.epoch()));
          }
        },
        Columns.textArray(connection, hostnames),
        cluster.uuid());
    return new Batch.Changes(head.of(cluster), false, entries, List.of());
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
