package io.nameplate.workflows.monitoring;

import io.nameplate.domains.DueDomains;
import io.nameplate.domains.DueDomains.Due;
import io.nameplate.workflows.domains.RunsInFlight;
import io.temporal.activity.Activity;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// See [MonitorSteps].
public final class MonitorActivities implements MonitorSteps {
  private static final Logger LOG = LoggerFactory.getLogger(MonitorActivities.class);

  /// Longer than the worst look takes, which is half a minute: silent name servers, addresses that
  /// do not answer, and nodes that do not. Who lost one is not missed for long.
  private static final Duration POSTPONE = Duration.ofSeconds(45);

  /// How often due domains are asked for when there were none.
  private static final Duration GLANCE = Duration.ofMillis(100);

  /// How often when there were some: long enough for several looks to end, which are then followed
  /// by as many in one go.
  private static final Duration BREAK = Duration.ofMillis(20);

  private static final Duration NODE_GLANCE = Duration.ofSeconds(1);

  private static final Duration BREATH = Duration.ofSeconds(2);

  private final DueDomains due;
  private final DomainWatch watch;
  private final NodeWatch nodeWatch;
  private final int atOnce;
  private final RunsInFlight runs;
  private final Clock clock;

  /// @param atOnce looks of one walk at the same time; half of them at most are at domains that are
  ///   not served, whose name servers may all be silent
  /// @param runs while there is no room for more of them a sixth of the looks are at domains that
  ///   are not served: what they find has to wait, and would have to be looked at again
  public MonitorActivities(
      DueDomains due,
      DomainWatch watch,
      NodeWatch nodeWatch,
      int atOnce,
      RunsInFlight runs,
      Clock clock) {
    this.due = due;
    this.watch = watch;
    this.nodeWatch = nodeWatch;
    this.atOnce = atOnce;
    this.runs = runs;
    this.clock = clock;
  }

  @Override
  public Walked walk(Walk request) {
    var context = Activity.getExecutionContext();
    var until = clock.instant().plusSeconds(request.seconds());
    var rooms = new Rooms(atOnce);
    var tally = new Tally();
    var breathAt = clock.instant();
    var nodesAt = clock.instant();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (clock.instant().isBefore(until)) {
        var now = clock.instant();
        if (!now.isBefore(breathAt)) {
          context.heartbeat(tally.looks.sum());
          breathAt = now.plus(BREATH);
        }
        if (!now.isBefore(nodesAt)) {
          nodesAt = now.plus(NODE_GLANCE);
          var _ = threads.submit(() -> attendNodes(tally));
        }
        var claimed = claim(rooms, tally);
        for (var one : claimed) {
          rooms.enter(one);
          var _ = threads.submit(() -> attend(one, rooms, tally));
        }
        rest(claimed.isEmpty() ? GLANCE : BREAK);
      }
      while (!rooms.emptied(BREATH)) {
        context.heartbeat(tally.looks.sum());
      }
    }
    return tally.walked();
  }

  private List<Due> claim(Rooms rooms, Tally tally) {
    var free = rooms.free();
    if (free == 0) {
      return List.of();
    }
    try {
      return due.claim(free, rooms.freeForOthers(runs.free() == 0), POSTPONE);
    } catch (RuntimeException e) {
      tally.failed.increment();
      LOG.atWarn().addKeyValue("cause", e.toString()).log("Due domains cannot be read");
      return List.of();
    }
  }

  private void attend(Due one, Rooms rooms, Tally tally) {
    var domain = one.domain();
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
      rooms.leave(one);
    }
  }

  private void attendNodes(Tally tally) {
    try {
      var turned = nodeWatch.attend();
      if (turned > 0) {
        LOG.atInfo().addKeyValue("clusters", turned).log("Nodes fell silent or returned");
      }
    } catch (RuntimeException e) {
      tally.failed.increment();
      LOG.atWarn().addKeyValue("cause", e.toString()).log("Nodes cannot be read");
    }
  }

  private static void rest(Duration duration) {
    try {
      Thread.sleep(duration);
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
