package io.nameplate.workflows.certificates;

import io.temporal.activity.Activity;
import io.temporal.client.ActivityCompletionException;
import java.time.Duration;

/// How a long step shows that it lives, and how it waits.
public interface Pulse {

  /// Says that the step is alive.
  ///
  /// @throws ActivityCompletionException if nobody waits for the step any longer
  void beat();

  /// Waits, beating.
  void rest(Duration duration);

  /// The pulse of the activity that runs on the calling thread.
  static Pulse ofActivity() {
    return new Pulse() {
      // A third of the shortest heartbeat time-out that the steps' documentation asks for.
      private static final Duration LONGEST_WITHOUT = Duration.ofSeconds(10);

      @Override
      public void beat() {
        Activity.getExecutionContext().heartbeat(null);
      }

      @Override
      public void rest(Duration duration) {
        var left = duration;
        while (left.isPositive()) {
          beat();
          var part = left.compareTo(LONGEST_WITHOUT) < 0 ? left : LONGEST_WITHOUT;
          try {
            Thread.sleep(part);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Activity.wrap(e);
          }
          left = left.minus(part);
        }
      }
    };
  }
}
