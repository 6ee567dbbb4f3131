package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/// One command at a time that starts or stops parts of a copy. The system gives it back when its
/// holder ends, however that happens. Only `kill` does without: it has to work whatever goes on.
final class CopyLock implements AutoCloseable {
  private final FileChannel file;

  private CopyLock(FileChannel file) {
    this.file = file;
  }

  /// Waits for whoever is at work on the copy, and says so.
  ///
  /// @param what the command, told to those who wait
  static CopyLock take(Workspace workspace, String what, Progress progress) {
    return take(workspace.lock(), what, progress);
  }

  /// The same on a file of one's own.
  static CopyLock take(Path path, String what, Progress progress) {
    try {
      Files.createDirectories(path.getParent());
      FileChannel file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Optional<FileLock> lock = attempt(file);
      if (lock.isEmpty()) {
        progress.say("waiting for " + Files.readString(path).strip());
      }
      while (lock.isEmpty()) {
        Pause.of(Duration.ofMillis(100));
        lock = attempt(file);
      }
      file.truncate(0);
      file.write(
          ByteBuffer.wrap(
              "`%s` (process %d)%n"
                  .formatted(what, ProcessHandle.current().pid())
                  .getBytes(StandardCharsets.UTF_8)));
      return new CopyLock(file);
    } catch (IOException e) {
      throw new Refusal(path + ": " + e.getMessage(), e);
    }
  }

  private static Optional<FileLock> attempt(FileChannel file) throws IOException {
    try {
      return Optional.ofNullable(file.tryLock());
    } catch (OverlappingFileLockException _) {
      return Optional.empty(); // another thread of this process
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new Refusal("the lock of the copy: " + e.getMessage(), e);
    }
  }
}
