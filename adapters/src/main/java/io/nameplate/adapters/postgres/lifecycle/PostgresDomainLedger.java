package io.nameplate.adapters.postgres.lifecycle;

import io.nameplate.adapters.postgres.Database;
import io.nameplate.adapters.postgres.DatabaseException;
import io.nameplate.adapters.postgres.record.Columns;
import io.nameplate.adapters.postgres.record.ConditionRows;
import io.nameplate.adapters.postgres.record.Entries;
import io.nameplate.adapters.postgres.record.Events;
import io.nameplate.adapters.postgres.record.Statuses;
import io.nameplate.certificates.CertificateId;
import io.nameplate.domains.Change;
import io.nameplate.domains.DomainLedger;
import io.nameplate.domains.DomainRef;
import io.nameplate.domains.Proof;
import io.nameplate.domains.Standing;
import io.nameplate.domains.Story;
import io.nameplate.edge.Entry;
import io.nameplate.edge.EntryState;
import io.nameplate.edge.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;

/// [DomainLedger] in PostgreSQL, as the worker's role.
public final class PostgresDomainLedger implements DomainLedger {
  private static final String UNIQUE_VIOLATION = "23505";

  private final Database database;

  public PostgresDomainLedger(Database database) {
    this.database = database;
  }

  @Override
  public Optional<Standing> read(DomainRef ref) {
    return database.inTeam(ref.team(), connection -> StandingRows.find(connection, ref.id()));
  }

  @Override
  public Optional<Standing> write(
      DomainRef ref, long generation, Function<Standing, Change> decide) {
    try {
      return tryToWrite(ref, generation, decide);
    } catch (DatabaseException e) {
      if (!e.sqlState().equals(UNIQUE_VIOLATION)) {
        throw e;
      }
      // Another claim took the hostname between our look and our write: now it shows as the holder.
      return tryToWrite(ref, generation, decide);
    }
  }

  private Optional<Standing> tryToWrite(
      DomainRef ref, long generation, Function<Standing, Change> decide) {
    return database.inTeam(
        ref.team(),
        connection -> {
          var standing = current(connection, ref, generation);
          return standing.isEmpty()
              ? Optional.empty()
              : Optional.of(apply(connection, standing.get(), decide.apply(standing.get())));
        });
  }

  @Override
  public void wantWindow(DomainRef ref) {
    var _ =
        database.<Integer>inTeam(
            ref.team(),
            connection -> {
              try (var update =
                  connection.prepareStatement(
                      """
                      update certificate set window_next_look_at = now()
                        where id = (select certificate_id from domain where id = ?) and replaced_at is null\
                      """)) {
                update.setObject(1, ref.id().uuid());
                return update.executeUpdate();
              }
            });
  }

  @Override
  public Optional<Position> tell(
      DomainRef ref, long generation, EntryState state, Function<Standing, Change> decide) {
    return database.inTeam(
        ref.team(),
        connection -> {
          var standing = current(connection, ref, generation);
          if (standing.isEmpty()) {
            return Optional.empty();
          }
          var _ = apply(connection, standing.get(), decide.apply(standing.get()));
          var told = standing.get().entry().filter(entry -> says(entry, standing.get(), state));
          return told.isPresent()
              ? told.map(Entry::position)
              : Entries.write(
                  connection, ref.id(), generation, state, standing.get().domain().certificate());
        });
  }

  private static boolean says(Entry entry, Standing standing, EntryState state) {
    var domain = standing.domain();
    Optional<CertificateId> certificate = domain.certificate();
    return entry.state() == state
        && (state == EntryState.REMOVED
            || (entry.certificate().equals(certificate)
                && entry.origin().equals(Optional.of(domain.origin()))));
  }

  private static Optional<Standing> current(Connection connection, DomainRef ref, long generation)
      throws SQLException {
    return StandingRows.lock(connection, ref.id())
        .filter(standing -> standing.domain().generation() == generation);
  }

  private static Standing apply(Connection connection, Standing before, Change change)
      throws SQLException {
    var after = before.after(change);
    ConditionRows.write(connection, before.domain(), change.conditions());
    update(connection, after);
    NodeProofs.write(connection, before.domain(), change.proofs());
    for (var line : Story.between(before.conditions(), after.conditions())) {
      Events.write(connection, after.domain(), line.type(), line.message(), line.data());
    }
    return after.with(Statuses.recompute(connection, after.domain()));
  }

  private static void update(Connection connection, Standing after) throws SQLException {
    var domain = after.domain();
    var claim = domain.claim();
    try (var update =
        connection.prepareStatement(
            """
            update domain set holder = ?, proof = ?, proved_at = ?, records_seen = ?, was_active = ?, checked_at = ?,
              due_at = ? where id = ?\
            """)) {
      Columns.bind(
          update,
          claim.holder(),
          claim.proof().map(Proof::word).orElse(null),
          claim.provedAt().orElse(null),
          Columns.textArray(connection, domain.recordsSeen()),
          domain.wasActive(),
          domain.checkedAt().orElse(null),
          domain.dueAt().orElse(null),
          domain.id().uuid());
      update.executeUpdate();
    }
  }
}
