package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildLockTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final Progress progress =
      new Progress(new PrintStream(said, true, StandardCharsets.UTF_8), InstantSource.system());

  @TempDir private Path state = Path.of("");

  @Test
  void namesItsOwnerAndIsGoneAfterwards() throws IOException {
    try (var _ = BuildLock.take(state, "builds app", progress)) {
      assertThat(Files.readSymbolicLink(link()).toString())
          .startsWith(ProcessHandle.current().pid() + "/")
          .endsWith("/builds app");
    }
    assertThat(Files.exists(link(), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void waitsForALivingOwnerAndSaysForWhat() throws Exception {
    Process owner = new ProcessBuilder("sleep", "600").start();
    try {
      Pid pid = Pid.of(owner.pid(), "");
      Files.createSymbolicLink(
          link(), Path.of("%d/%s/builds the launcher".formatted(pid.number(), pid.began())));
      var second =
          new FutureTask<>(() -> {
            BuildLock.take(state, "builds app", progress).close();
            return true;
          });
      Thread.ofVirtual().start(second);
      String sentence =
          "waiting for process %d, which builds the launcher in this folder".formatted(owner.pid());
      while (!said.toString(StandardCharsets.UTF_8).contains(sentence)) {
        Thread.onSpinWait();
      }
      assertThat(second.isDone()).isFalse();

      owner.destroyForcibly().waitFor();
      assertThat(second.get(3, TimeUnit.MINUTES)).isTrue();
    } finally {
      owner.destroyForcibly();
    }
  }

  @Test
  void breaksTheLockOfANumberThatBelongsToSomebodyElseByNow() throws IOException {
    Files.createSymbolicLink(
        link(), Path.of(ProcessHandle.current().pid() + "/12/builds the launcher"));
    BuildLock.take(state, "builds app", progress).close();
    assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void leavesALockThatIsSomebodyElsesByNow() throws IOException {
    var lock = BuildLock.take(state, "builds app", progress);
    Files.delete(link());
    Files.createSymbolicLink(link(), Path.of("1/1/builds the launcher"));
    lock.close();
    assertThat(Files.readSymbolicLink(link())).isEqualTo(Path.of("1/1/builds the launcher"));
  }

  @Test
  void refusesWhatIsNoLock() throws IOException {
    Files.createDirectory(link());
    assertThatThrownBy(() -> BuildLock.take(state, "builds app", progress))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("is not a lock of this program");
  }

  private Path link() {
    return state.resolve("build-lock");
  }
}
