package io.nameplate.sdk;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Time that passes only by sleeping, at once.
final class FakeTime implements Timekeeper {

  final List<Duration> sleeps = new ArrayList<>();
  private long now;

  @Override
  public void sleep(Duration pause) {
    sleeps.add(pause);
    now += pause.toNanos();
  }

  @Override
  public long nanoTime() {
    return now;
  }
}
