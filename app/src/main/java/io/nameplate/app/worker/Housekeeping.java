package io.nameplate.app.worker;

import io.nameplate.adapters.postgres.DatabaseException;
import io.nameplate.adapters.postgres.PostgresHousekeeping;
import io.nameplate.record.RecordUnavailableException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the record's house, now and every hour, until it is interrupted. A failure waits for the
/// next hour: partitions are made two months ahead.
record Housekeeping(PostgresHousekeeping house) implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration PAUSE = Duration.ofHours(1);

  @Override
  public void run() {
    try {
      while (true) {
        once();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void once() {
    try {
      var gone = house.keepHouse();
      if (gone.values().stream().anyMatch(rows -> rows > 0)) {
        LOG.atInfo().addKeyValue("gone", gone).log("Kept house");
      }
    } catch (DatabaseException | RecordUnavailableException e) {
      LOG.atWarn().setCause(e).log("The record's house was not kept");
    }
  }
}
