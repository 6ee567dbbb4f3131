package io.nameplate.app;

import io.nameplate.adapters.postgres.DatabaseException;
import io.nameplate.adapters.postgres.PostgresReplies;
import io.nameplate.record.RecordUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Forgets remembered replies that are older than a day; a failure waits for the next turn.
record ForgetReplies(PostgresReplies replies) implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ForgetReplies.class);

  @Override
  public void run() {
    try {
      replies.forgetOld();
    } catch (DatabaseException | RecordUnavailableException e) {
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("Old replies stay for now");
    }
  }
}
