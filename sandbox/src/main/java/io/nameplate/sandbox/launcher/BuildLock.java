package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// One build at a time in a checkout. The launcher's shell half takes the same lock: a folder with
/// a pid in it.
final class BuildLock implements AutoCloseable {
  private final Path folder;

  private BuildLock(Path folder) {
    this.folder = folder;
  }

  static BuildLock take(Path state, Progress progress) {
    Path folder = state.resolve("build.lock");
    boolean told = false;
    while (true) {
      try {
        Files.createDirectories(state);
        Files.createDirectory(folder);
        Files.writeString(folder.resolve("pid"), ProcessHandle.current().pid() + "\n");
        return new BuildLock(folder);
      } catch (FileAlreadyExistsException _) {
        if (abandoned(folder)) {
          remove(folder);
        } else {
          if (!told) {
            progress.say("another build is running in this folder: waiting for it");
            told = true;
          }
          Pause.of(Duration.ofMillis(300));
        }
      } catch (IOException e) {
        throw new Refusal(folder + ": " + e.getMessage(), e);
      }
    }
  }

  private static boolean abandoned(Path folder) {
    try {
      long owner = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
      return ProcessHandle.of(owner).filter(ProcessHandle::isAlive).isEmpty();
    } catch (IOException | NumberFormatException _) {
      return false; // taken a moment ago, its pid is not written yet
    }
  }

  private static void remove(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve("pid"));
      Files.deleteIfExists(folder);
    } catch (IOException _) {
      // Somebody else removed it and took the lock: the next look tells.
    }
  }

  @Override
  public void close() {
    remove(folder);
  }
}
