package io.nameplate.adapters.probes;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/// Runs probes at once on virtual threads and waits for the slowest. A probe reports failure in its
/// result.
final class SideBySide {
  private SideBySide() {}

  /// @throws CancellationException if this thread is interrupted; it stays so, and probes are cut
  ///   short
  static <T> List<T> run(List<Callable<T>> probes) {
    if (probes.isEmpty()) {
      return List.of();
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = threads.invokeAll(probes);
      var results = new java.util.ArrayList<T>(futures.size());
      for (var future : futures) {
        results.add(future.get());
      }
      return List.copyOf(results);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while probing");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a probe reports failure in its result", e.getCause());
    }
  }
}
