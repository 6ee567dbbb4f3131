package io.nameplate.sdk;

import java.time.Duration;

/// How this client waits and tells how long something took.
interface Timekeeper {

  /// The machine's clock.
  Timekeeper SYSTEM =
      new Timekeeper() {
        @Override
        public void sleep(Duration pause) throws InterruptedException {
          Thread.sleep(pause.toMillis());
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }
      };

  void sleep(Duration pause) throws InterruptedException;

  long nanoTime();
}
