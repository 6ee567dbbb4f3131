package io.nameplate.adapters.acme;

import io.nameplate.certificates.CaFault;
import io.nameplate.certificates.CaProblem;
import java.net.http.HttpClient;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// A few sessions with one CA under one account. Whoever wants to ask waits for a free one.
final class CaLines {
  private final AcmeAccounts accounts;
  private final BlockingQueue<CaLine> free;

  CaLines(AcmeSettings settings, HttpClient client, AcmeAccounts accounts, int sessions) {
    this.accounts = accounts;
    this.free = new ArrayBlockingQueue<>(sessions);
    for (int i = 0; i < sessions; i++) {
      free.add(new CaLine(settings, client));
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
      return free.take();
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
