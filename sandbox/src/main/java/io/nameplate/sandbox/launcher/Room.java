package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How much of a disk has to be free before something is begun on it.
record Room(long bytes) {
  /// Below this PostgreSQL and Temporal would soon stop in the middle of a write.
  static final Room TO_RUN = new Room(300L << 20);

  /// What a build of everything leaves behind, with what Maven and Go keep of it.
  static final Room TO_BUILD = new Room(1_500L << 20);

  /// Refuses when the disk of a file or folder, which need not exist yet, has less.
  void require(Path path) {
    Path there = path.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      if (free < bytes) {
        throw new Refusal(
            "the disk of %s is full: %d MB free (expected: at least %d MB)"
                .formatted(path, free >> 20, bytes >> 20));
      }
    } catch (IOException e) {
      throw new Refusal(path + ": " + e.getMessage(), e);
    }
  }
}
