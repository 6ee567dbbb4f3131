package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A program that has this one's terminal, and is what this one runs for. What ends this one by
/// SIGTERM or Ctrl-C ends it too, and is answered only when it has cleaned up.
final class Foreground {
  /// A bench takes a whole copy down and deletes its data.
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Foreground() {}

  /// Its exit code.
  static int run(List<String> command, Path folder) throws IOException, InterruptedException {
    // The hook comes first: a program that had begun before it could be left running.
    var started = new CompletableFuture<Process>();
    var interrupted = Thread.ofPlatform().unstarted(() -> end(started));
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      Process process = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
      started.complete(process);
      return process.waitFor();
    } finally {
      started.cancel(false); // it did not start, or it has ended
      forget(interrupted);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // This program is ending already, and the hook sees to the other.
    }
  }

  private static void end(CompletableFuture<Process> started) {
    Process process;
    try {
      process = started.join();
    } catch (CancellationException _) {
      return; // it did not start
    }
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly(); // nothing interrupts a hook; if so, there is no time left
    }
  }
}
