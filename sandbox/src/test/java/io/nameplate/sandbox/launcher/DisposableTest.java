package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DisposableTest {
  @TempDir private Path root = Path.of("");

  private Workspace workspace = new Workspace(Path.of(""), 0);

  @BeforeEach
  void copy() {
    workspace = new Workspace(root, 700);
  }

  @Test
  void aPersonsDataIsNeitherTakenNorDeleted() throws IOException {
    workspace.create();
    Files.writeString(workspace.demoKey(), "np_live_x\n");
    var copy = new Disposable(workspace);
    assertThatThrownBy(() -> copy.declare("1/2"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("is not a test's");
    assertThatThrownBy(() -> copy.delete(Optional.empty())).isInstanceOf(Refusal.class);
    assertThat(workspace.demoKey()).exists();
  }

  @Test
  void whatATestMadeIsDeletedAndItsLogsAreKept() throws IOException {
    var copy = new Disposable(workspace);
    copy.declare("1/2");
    Files.writeString(workspace.log(Part.API), "its last words");
    Path kept = Files.createDirectory(root.resolve("kept"));

    copy.delete(Optional.of(kept));

    assertThat(workspace.data()).doesNotExist();
    assertThat(kept.resolve("logs-700/api.log")).hasContent("its last words");
  }

  @Test
  void theCopiesOfARunAreFoundAndNoOthers() throws IOException {
    new Disposable(workspace).declare("1/2");
    new Disposable(new Workspace(root, 800)).declare("3/4");
    new Workspace(root, 900).create();
    assertThat(Disposable.ofRun(root, "1/2")).containsExactly(workspace);
    assertThat(Disposable.ofRun(root.resolve("nowhere"), "1/2")).isEmpty();
  }
}
