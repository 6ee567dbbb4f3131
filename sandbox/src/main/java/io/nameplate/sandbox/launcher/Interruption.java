package io.nameplate.sandbox.launcher;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What is done when Ctrl-C or SIGTERM ends the launcher in the middle of its work: what it runs
/// (Maven, Go, pip and theirs) is ended, then it cleans up. Closed when the work is done.
final class Interruption implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Thread hook;

  private Interruption(Thread hook) {
    this.hook = hook;
  }

  /// @param parts processes that are not ended here because `cleanUp` lets them end in peace
  static Interruption answeredBy(Supplier<Set<Long>> parts, Runnable cleanUp) {
    var hook =
        Thread.ofPlatform()
            .unstarted(() -> {
              endHelpers(parts.get());
              cleanUp.run();
            });
    Runtime.getRuntime().addShutdownHook(hook);
    return new Interruption(hook);
  }

  private static void endHelpers(Set<Long> parts) {
    List<ProcessHandle> helpers =
        ProcessHandle.current()
            .children()
            .filter(child -> !parts.contains(child.pid()))
            .flatMap(child -> Stream.concat(Stream.of(child), child.descendants()))
            .toList();
    helpers.forEach(ProcessHandle::destroy);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (helpers.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadline) {
      Pause.of(Duration.ofMillis(50));
    }
    helpers.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // Too late: the interruption came, and its answer is being carried out.
    }
  }
}
