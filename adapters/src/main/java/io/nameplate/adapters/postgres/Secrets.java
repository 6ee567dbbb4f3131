package io.nameplate.adapters.postgres;

import io.nameplate.ids.RandomText;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/// Random texts in files of their own (mode 0600), each made once: passwords of database roles, and
/// the key that signs cursors.
public record Secrets(Path directory) {
  private static final int LENGTH = 43; // 255 bits

  /// The secret in `<directory>/<name>`, made now when there is none. Several processes may ask at
  /// once.
  public String madeOnce(String name) throws IOException {
    Files.createDirectories(directory);
    var file = directory.resolve(name);
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    try (var channel =
            FileChannel.open(
                directory.resolve(name + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      if (Files.notExists(file)) {
        write(file);
      }
      return Files.readString(file).strip();
    }
  }

  /// The secret in `<directory>/<name>`.
  ///
  /// @throws IOException also when there is none
  public String read(String name) throws IOException {
    return Files.readString(directory.resolve(name)).strip();
  }

  private static void write(Path file) throws IOException {
    var onlyOwner =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var partial = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(partial);
    Files.createFile(partial, onlyOwner);
    Files.writeString(partial, RandomText.SECRET.of(LENGTH, new SecureRandom()) + "\n");
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
