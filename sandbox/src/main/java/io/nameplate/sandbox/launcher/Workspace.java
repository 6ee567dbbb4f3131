package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The folders of one copy: `root` is the checkout, everything made at run time is under its
/// `.nameplate`.
record Workspace(Path root, int offset) {
  Path state() {
    return root.resolve(".nameplate");
  }

  /// Programs that are fetched or built once and serve every copy.
  Path tools() {
    return state().resolve("tools");
  }

  /// What was built, each under the name of its content.
  Path builds() {
    return state().resolve("parts");
  }

  /// All that this copy remembers.
  Path data() {
    return state().resolve(Integer.toString(offset));
  }

  /// Held by whoever starts or stops parts of this copy. Beside the data, which may be deleted.
  Path lock() {
    return state().resolve(offset + ".lock");
  }

  Path logs() {
    return data().resolve("logs");
  }

  Path log(Part part) {
    return logs().resolve(part.label() + ".log");
  }

  Path pidFile(Part part) {
    return data().resolve("pids").resolve(part.label());
  }

  Path caRoots() {
    return data().resolve("ca-roots.pem");
  }

  Path demoKey() {
    return data().resolve("demo-team.key");
  }

  /// Where `test` keeps what it did.
  Path testLogs() {
    return state().resolve("test");
  }

  /// Deletes all that this copy remembers: it is gone at once, also when deleting is interrupted.
  void deleteData() throws IOException {
    Path going = state().resolve(offset + ".deleting");
    Folders.delete(going);
    if (Files.exists(data())) {
      Files.move(data(), going);
      Folders.delete(going);
    }
  }

  /// Makes the folders that only their owner may read.
  void create() throws IOException {
    for (Path folder : new Path[] {tools(), builds(), data(), logs(), data().resolve("pids")}) {
      Files.createDirectories(folder);
    }
    Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwx------"));
  }
}
