package io.nameplate.workflows.certificates;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCompletionException;
import java.time.Duration;
import java.time.InstantSource;

/// How a long step shows that it lives, and how it waits.
public interface Pulse {

  /// Says that the step is alive.
  ///
  /// @throws ActivityCompletionException if nobody waits for the step any longer
  void beat();

  /// Waits, beating.
  void rest(Duration duration);

  /// The pulse of the activity that runs on the calling thread. Each beat that is sent costs
  /// Temporal a write, and most steps end within a second: a step that has just begun beats in
  /// silence.
  static Pulse ofActivity(InstantSource clock) {
    return new Pulse() {
      // With the longest wait between beats this is half of the shortest heartbeat time-out.
      private static final Duration JUST_BEGUN = Duration.ofSeconds(5);

      // A third of the shortest heartbeat time-out that the steps' documentation asks for.
      private static final Duration LONGEST_WITHOUT = Duration.ofSeconds(10);

      @Override
      public void beat() {
        var context = Activity.getExecutionContext();
        if (!justBegun(context.getInfo())) {
          context.heartbeat(null);
        }
      }

      // Not so when it began later than now: then two clocks differ.
      private boolean justBegun(ActivityInfo step) {
        var age = Duration.ofMillis(clock.millis() - step.getStartedTimestamp());
        return !age.isNegative() && age.compareTo(JUST_BEGUN) < 0;
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
