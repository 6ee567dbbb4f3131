package io.nameplate.e2e.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// Things done at the same time.
public final class Parallel {
  private Parallel() {}

  /// Does something with each at once, waits for the slowest, and gives the results in order.
  ///
  /// @throws AssertionError if some fail: it names them all
  public static <A, B> List<B> each(List<A> all, Function<A, B> work) {
    var results = new ArrayList<B>();
    var failures = new ArrayList<Throwable>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running =
          all.stream().map(one -> threads.submit((Callable<B>) () -> work.apply(one))).toList();
      for (var one : running) {
        try {
          results.add(one.get());
        } catch (ExecutionException e) {
          failures.add(e.getCause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while others work", e);
    }
    if (!failures.isEmpty()) {
      var what = new StringBuilder();
      failures.forEach(failure -> what.append('\n').append(failure));
      var error =
          new AssertionError("%d of %d failed:%s".formatted(failures.size(), all.size(), what));
      failures.forEach(error::addSuppressed);
      throw error;
    }
    return results;
  }
}
