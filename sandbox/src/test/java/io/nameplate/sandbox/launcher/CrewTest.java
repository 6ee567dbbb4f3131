package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real processes: a shell that writes a file when it is ready and then waits.
final class CrewTest {
  @TempDir private Path root = Path.of("");

  private Workspace workspace = new Workspace(Path.of(""), 0);
  private Crew crew = crew(workspace);

  @BeforeEach
  void copy() throws IOException {
    workspace = new Workspace(root, 0);
    workspace.create();
    crew = crew(workspace);
  }

  @AfterEach
  void nothingIsLeftRunning() {
    crew.kill(Part.API);
  }

  @Test
  void aPartRunsUntilItIsStopped() {
    crew.start(program("touch ready; exec sleep 900", "1", List.of()));
    assertThat(crew.running(Part.API)).isPresent();
    assertThat(crew.stop(Part.API, Program.Goodbye.TERM)).isTrue();
    assertThat(crew.running(Part.API)).isEmpty();
    assertThat(crew.stop(Part.API, Program.Goodbye.TERM)).isFalse();
  }

  @Test
  void startingWhatRunsChangesNothing() {
    Program program = program("touch ready; exec sleep 900", "1", List.of());
    crew.start(program);
    Optional<Pid> first = crew.running(Part.API);
    crew.start(program);
    assertThat(crew.running(Part.API)).isEqualTo(first).isPresent();
  }

  @Test
  void whatWasBuiltAnewIsReplaced() {
    crew.start(program("touch ready; exec sleep 900", "1", List.of()));
    Optional<Pid> first = crew.running(Part.API);
    crew.start(program("touch ready; exec sleep 900", "2", List.of()));
    assertThat(crew.running(Part.API)).isPresent().isNotEqualTo(first);
  }

  @Test
  void aPartThatEndsAtItsStartIsNamedWithItsLastWords() {
    assertThatThrownBy(
            () -> crew.start(program("echo no space left on device; exit 3", "1", List.of())))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("api ended right after its start")
        .hasMessageContaining("no space left on device");
  }

  @Test
  void aPortInUseIsNamedBeforeAnythingStarts() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var address = new Address("127.0.0.1", taken.getLocalPort());
      Program program =
          program(
              "touch ready; exec sleep 900", "1", List.of(Program.Listener.tcp(address, "health")));
      assertThatThrownBy(() -> crew.start(program))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("api: TCP port " + address + " (health) cannot be used");
    }
    assertThat(crew.running(Part.API)).isEmpty();
  }

  @Test
  void aFullDiskIsNamedBeforeAnythingStarts() {
    var poor = new Crew(workspace, progress(), new Room(Long.MAX_VALUE));
    assertThatThrownBy(() -> poor.start(program("touch ready; exec sleep 900", "1", List.of())))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("the disk of " + workspace.data() + " is full")
        .hasMessageContaining("MB free");
    assertThat(crew.running(Part.API)).isEmpty();
  }

  @Test
  void aPartThatEndsByItselfIsACrashAndOneThatIsStoppedIsNot() {
    crew.start(program("touch ready; exec sleep 900", "1", List.of()));
    assertThat(crew.crashed(Part.API)).isFalse();
    crew.running(Part.API).flatMap(Pid::process).ifPresent(ProcessHandle::destroyForcibly);
    while (crew.running(Part.API).isPresent()) {
      Thread.onSpinWait();
    }
    assertThat(crew.crashed(Part.API)).isTrue();

    crew.start(program("touch ready; exec sleep 900", "1", List.of()));
    crew.stop(Part.API, Program.Goodbye.TERM);
    assertThat(crew.crashed(Part.API)).isFalse();
  }

  @Test
  void aPartIsAskedToEndBeforeItIsKilled() {
    crew.start(
        program(
            "trap 'touch drained; exit 0' TERM; touch ready; while :; do sleep 0.1; done",
            "1",
            List.of()));
    crew.stop(Part.API, Program.Goodbye.TERM);
    assertThat(workspace.data().resolve("drained")).exists();
  }

  @Test
  void whatItStartedIsKnownAndNothingMoreIsStartedOnceItIsDismissed() {
    crew.start(program("touch ready; exec sleep 900", "1", List.of()));
    assertThat(crew.launched()).containsExactly(Part.API);
    assertThat(crew(workspace).launched()).isEmpty();
    crew.stop(Part.API, Program.Goodbye.TERM);
    assertThat(crew.launched()).isEmpty();

    crew.dismiss();
    assertThatThrownBy(() -> crew.start(program("touch ready; exec sleep 900", "1", List.of())))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("interrupted");
  }

  private Program program(String script, String build, List<Program.Listener> listeners) {
    Path ready = workspace.data().resolve("ready");
    return new Program(
        Part.API,
        List.of("sh", "-c", script),
        Map.of(),
        listeners,
        () -> Files.exists(ready) ? Optional.empty() : Optional.of("not ready yet"),
        Program.Goodbye.TERM,
        build);
  }

  private static Crew crew(Workspace workspace) {
    return new Crew(workspace, progress());
  }

  private static Progress progress() {
    return new Progress(new PrintStream(new ByteArrayOutputStream()), InstantSource.system());
  }
}
