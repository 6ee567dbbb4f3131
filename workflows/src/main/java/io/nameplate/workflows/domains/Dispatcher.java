package io.nameplate.workflows.domains;

import io.nameplate.domains.Instructions;
import io.nameplate.domains.Instructions.Instruction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries instructions from the record to Temporal, most urgent first. Several processes share the
/// work. While Temporal or the database is away it tries again, slower and slower up to two
/// seconds, and loses nothing.
public final class Dispatcher implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /// Small enough that an urgent one does not wait behind a long delivery.
  private static final int BATCH = 10;

  /// Adds 10 ms to an instruction's way on average.
  private static final Duration GLANCE = Duration.ofMillis(20);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Instructions instructions;
  private final Runs runs;
  private final RunsInFlight inFlight;

  public Dispatcher(Instructions instructions, Runs runs, RunsInFlight inFlight) {
    this.instructions = instructions;
    this.runs = runs;
    this.inFlight = inFlight;
  }

  /// Runs until its thread is interrupted.
  @Override
  public void run() {
    var pause = GLANCE;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        var delivered = deliver();
        pause = GLANCE;
        if (delivered == 0) {
          Thread.sleep(GLANCE);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        LOG.atWarn()
            .addKeyValue("pause_ms", pause.toMillis())
            .addKeyValue("cause", e.toString())
            .log("Instructions cannot be delivered");
        if (!rested(pause)) {
          return;
        }
      }
    }
  }

  private static boolean rested(Duration pause) {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }

  private int deliver() {
    var room = Math.min(BATCH, inFlight.free());
    return room == 0 ? 0 : instructions.deliver(room, this::hand);
  }

  private void hand(List<Instruction> several) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var handed = several.stream().distinct().map(one -> threads.submit(() -> hand(one))).toList();
      for (var one : handed) {
        await(one);
      }
    }
  }

  private void hand(Instruction one) {
    inFlight.asked(DomainLifecycle.workflowId(one.domain().id().toString()));
    runs.ask(one);
  }

  private static void await(java.util.concurrent.Future<?> one) {
    try {
      one.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while delivering", e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
