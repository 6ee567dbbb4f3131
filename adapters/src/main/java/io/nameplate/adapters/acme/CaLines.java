package io.nameplate.adapters.acme;

import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CaProblem;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// A few sessions with one CA under one account. Whoever wants to ask waits for a free one.
final class CaLines {
  /// With one exchange, still less than the steps' heartbeat time-out.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final AcmeAccounts accounts;
  private final BlockingQueue<CaLine> free;

  CaLines(
      AcmeSettings settings,
      HttpClient client,
      AcmeAccounts accounts,
      int sessions,
      InstantSource clock) {
    this.accounts = accounts;
    this.free = new ArrayBlockingQueue<>(sessions);
    for (int i = 0; i < sessions; i++) {
      free.add(new CaLine(settings, client, clock));
    }
  }

  /// Runs an exchange; once more under the same key when the CA has forgotten the account.
  <T> T ask(Question<T> question) throws CaRefusal {
    var line = take();
    try {
      var account = accounts.get(line);
      try {
        return question.on(line, account);
      } catch (CaRefusal e) {
        if (!e.problem().is("accountDoesNotExist")) {
          throw e;
        }
        return question.on(line, accounts.again(line, account));
      }
    } finally {
      free.add(line);
    }
  }

  private CaLine take() {
    try {
      var line = free.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw new CaFault(
            new CaProblem(
                "",
                "All sessions with the certificate authority are busy, for %d s now."
                    .formatted(PATIENCE.toSeconds())),
            Optional.empty(),
            null);
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaFault(
          new CaProblem("", "Interrupted before the certificate authority was asked."),
          Optional.empty(),
          e);
    }
  }

  /// What is asked.
  interface Question<T> {
    T on(CaLine line, AcmeAccount account) throws CaRefusal;
  }
}
