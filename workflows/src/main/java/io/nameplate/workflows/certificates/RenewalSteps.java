package io.nameplate.workflows.certificates;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/// What a monitor shard calls to keep renewal times right (RFC 9773).
@ActivityInterface(namePrefix = "Renewal")
public interface RenewalSteps {

  /// Asks the CA for renewal windows that were not looked at for long (twice a day; more often for
  /// short lives, or when the CA says so) or that somebody asked about, stores them, and moves
  /// `renew_from` and, for what is due now, the domain's `due_at`. Heartbeats; running it twice
  /// costs requests only.
  @ActivityMethod
  Refreshed refresh(Refresh request);

  /// For a while, as they become due.
  ///
  /// @param limit how many certificates are taken at a time
  /// @param seconds how long to go on; 0: until none is left to look at
  record Refresh(int limit, int seconds) {}

  /// What came of it.
  ///
  /// @param looked certificates asked about
  /// @param failed of them without answer; they are asked about again soon
  /// @param due of them due for renewal now
  record Refreshed(int looked, int failed, int due) {
    Refreshed and(Refreshed more) {
      return new Refreshed(looked + more.looked, failed + more.failed, due + more.due);
    }
  }
}
