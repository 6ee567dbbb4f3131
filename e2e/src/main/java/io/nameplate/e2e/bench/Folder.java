package io.nameplate.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;

/// What a bench keeps while it measures.
final class Folder {
  private Folder() {}

  /// A new one that nobody else can look into.
  static Path make() throws IOException {
    return Files.createTempDirectory(
        "nameplate-bench",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /// Deletes a folder with all that is in it.
  static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
