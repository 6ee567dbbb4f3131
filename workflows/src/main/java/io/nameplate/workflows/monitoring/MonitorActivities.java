package io.nameplate.workflows.monitoring;

import io.nameplate.domains.DomainRef;
import io.nameplate.domains.DueDomains;
import io.temporal.activity.Activity;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// See [MonitorSteps].
public final class MonitorActivities implements MonitorSteps {
  private static final Logger LOG = LoggerFactory.getLogger(MonitorActivities.class);

  /// A look takes ten seconds at most: who lost it is not missed for long.
  private static final Duration POSTPONE = Duration.ofSeconds(20);

  /// How often due domains are asked for when there were none.
  private static final Duration GLANCE = Duration.ofMillis(100);

  private static final Duration BREATH = Duration.ofSeconds(2);

  private final DueDomains due;
  private final DomainWatch watch;
  private final int atOnce;
  private final Clock clock;

  /// @param atOnce looks of one walk at the same time
  public MonitorActivities(DueDomains due, DomainWatch watch, int atOnce, Clock clock) {
    this.due = due;
    this.watch = watch;
    this.atOnce = atOnce;
    this.clock = clock;
  }

  @Override
  public Walked walk(Walk request) {
    var context = Activity.getExecutionContext();
    var until = clock.instant().plusSeconds(request.seconds());
    var room = new Semaphore(atOnce);
    var tally = new Tally();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var breathAt = clock.instant();
      while (clock.instant().isBefore(until)) {
        if (!clock.instant().isBefore(breathAt)) {
          context.heartbeat(tally.looks.sum());
          breathAt = clock.instant().plus(BREATH);
        }
        var free = room.drainPermits();
        var claimed = free == 0 ? java.util.List.<DomainRef>of() : claim(free, tally);
        room.release(free - claimed.size());
        for (var domain : claimed) {
          var _ = threads.submit(() -> attend(domain, room, tally));
        }
        if (claimed.isEmpty()) {
          rest();
        }
      }
    }
    return tally.walked();
  }

  private java.util.List<DomainRef> claim(int free, Tally tally) {
    try {
      return due.claim(free, POSTPONE);
    } catch (RuntimeException e) {
      tally.failed.increment();
      LOG.atWarn().addKeyValue("cause", e.toString()).log("Due domains cannot be read");
      rest();
      return java.util.List.of();
    }
  }

  private void attend(DomainRef domain, Semaphore room, Tally tally) {
    try {
      if (watch.attend(domain)) {
        tally.woken.increment();
      }
      tally.looks.increment();
    } catch (RuntimeException e) {
      tally.failed.increment();
      LOG.atWarn()
          .addKeyValue("domain", domain.id())
          .addKeyValue("team", domain.team())
          .addKeyValue("cause", e.toString())
          .log("A look came to nothing");
    } finally {
      room.release();
    }
  }

  private static void rest() {
    try {
      Thread.sleep(GLANCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Activity.wrap(e);
    }
  }

  private static final class Tally {
    private final LongAdder looks = new LongAdder();
    private final LongAdder woken = new LongAdder();
    private final LongAdder failed = new LongAdder();

    Walked walked() {
      return new Walked(looks.sum(), woken.sum(), failed.sum());
    }
  }
}
