package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CopyLockTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Progress progress =
      new Progress(new PrintStream(said, true, StandardCharsets.UTF_8), InstantSource.system());

  @TempDir private Path root = Path.of("");

  @Test
  void aSecondCommandWaitsForTheFirstAndSaysForWhich() throws Exception {
    var workspace = new Workspace(root, 100);
    var second =
        new FutureTask<>(() -> {
          CopyLock.take(workspace, "down", progress).close();
          return true;
        });
    try (var _ = CopyLock.take(workspace, "up", progress)) {
      Thread.ofVirtual().start(second);
      while (!said.toString(StandardCharsets.UTF_8).contains("waiting for `up` (process ")) {
        Thread.onSpinWait();
      }
      assertThat(second.isDone()).isFalse();
    }
    assertThat(second.get(3, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void copiesDoNotWaitForEachOther() {
    try (var _ = CopyLock.take(new Workspace(root, 100), "up", progress);
        var _ = CopyLock.take(new Workspace(root, 200), "up", progress)) {
      assertThat(said.size()).isZero();
    }
  }
}
