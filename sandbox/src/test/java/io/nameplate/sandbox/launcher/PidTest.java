package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PidTest {
  private final long own = ProcessHandle.current().pid();

  @TempDir private Path folder = Path.of("");

  @Test
  void whatWasWrittenIsRead() throws IOException {
    Pid pid = Pid.of(own, "abc");
    pid.write(folder.resolve("api"));
    assertThat(Pid.read(folder.resolve("api"))).contains(pid);
    assertThat(pid.alive()).isTrue();
  }

  @Test
  void aNumberThatBelongsToSomebodyElseByNowIsNobody() {
    assertThat(new Pid(own, "12", "abc").process()).isEmpty();
  }

  @Test
  void aFileThatIsNotWholeIsNoProcess() throws IOException {
    Files.writeString(folder.resolve("api"), own + "\n");
    assertThat(Pid.read(folder.resolve("api"))).isEmpty();
    assertThat(Pid.read(folder.resolve("worker"))).isEmpty();
  }

  @Test
  void theBeginningIsReadBehindAnyProgramName() {
    String stat =
        "4711 (a) (b c) S 1 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 100 200";
    assertThat(Pid.ticks(stat)).contains("987654");
  }

  @Test
  void aZombieHasEnded() {
    String stat = "4711 (api) Z 1 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 100 200";
    assertThat(Pid.ticks(stat)).isEmpty();
  }
}
