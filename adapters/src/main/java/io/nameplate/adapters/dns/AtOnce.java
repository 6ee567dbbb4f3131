package io.nameplate.adapters.dns;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs questions side by side, each on a virtual thread of its own. A question tells of failure in
/// its result.
final class AtOnce implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  <T> Future<T> start(Callable<T> question) {
    return threads.submit(question);
  }

  <T> List<T> all(List<? extends Callable<T>> questions) {
    if (questions.size() == 1) {
      return List.of(here(questions.getFirst()));
    }
    var futures = questions.stream().map(this::start).toList();
    return futures.stream().map(AtOnce::await).toList();
  }

  /// @throws CancellationException if this thread is interrupted; it stays so
  static <T> T await(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while looking at DNS");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a question tells of failure in its result", e.getCause());
    }
  }

  private static <T> T here(Callable<T> question) {
    try {
      return question.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("a question tells of failure in its result", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
