package io.nameplate.sandbox.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Things done at the same time, each on a virtual thread.
final class Together {
  private Together() {}

  /// Waits for all, also when one fails; then the failures come as one refusal.
  static void run(List<Callable<Void>> work) {
    List<String> failures = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> done : threads.invokeAll(work)) {
        try {
          done.get();
        } catch (ExecutionException e) {
          failures.add(reason(e));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("interrupted", e);
    }
    if (!failures.isEmpty()) {
      throw new Refusal(String.join("\n", failures));
    }
  }

  /// A refusal speaks for itself; anything else is a bug and shows what it is.
  private static String reason(ExecutionException ended) {
    Throwable failure = ended.getCause() == null ? ended : ended.getCause();
    return failure instanceof Refusal && failure.getMessage() != null
        ? failure.getMessage()
        : failure.toString();
  }
}
