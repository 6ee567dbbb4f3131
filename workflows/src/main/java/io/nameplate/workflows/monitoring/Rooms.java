package io.nameplate.workflows.monitoring;

import io.nameplate.domains.DueDomains.Due;
import io.temporal.activity.Activity;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The looks of one walk that may be under way. Half of them at most are at domains that are not
/// served, whose name servers may all be silent; a sixth while runs have to wait for each other.
final class Rooms {
  private final int all;
  private final int ofOthers;
  private final int ofOthersInRush;
  private final Semaphore room;
  private final Semaphore roomOfOthers;

  Rooms(int atOnce) {
    all = atOnce;
    ofOthers = Math.max(1, atOnce / 2);
    ofOthersInRush = Math.max(1, atOnce / 6);
    room = new Semaphore(all);
    roomOfOthers = new Semaphore(ofOthers);
  }

  int free() {
    return room.availablePermits();
  }

  /// @param rush whether runs have to wait for each other
  int freeForOthers(boolean rush) {
    var free = roomOfOthers.availablePermits();
    return rush ? Math.max(0, free - (ofOthers - ofOthersInRush)) : free;
  }

  /// Only one thread enters, and it has seen that there is room.
  void enter(Due one) {
    room.acquireUninterruptibly();
    if (!one.served()) {
      roomOfOthers.acquireUninterruptibly();
    }
  }

  void leave(Due one) {
    room.release();
    if (!one.served()) {
      roomOfOthers.release();
    }
  }

  boolean emptied(Duration patience) {
    try {
      return room.tryAcquire(all, patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Activity.wrap(e);
    }
  }
}
