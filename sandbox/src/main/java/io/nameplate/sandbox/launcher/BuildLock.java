package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One build at a time in a checkout. Held while things are compiled, fetched and put in their
/// place, never while tests run.
///
/// It is a symbolic link whose text names the owner, `number/beginning/what for`: made in one step,
/// so there is never a lock without an owner, and the launcher's shell half can take the same one.
/// An owner that ended, or whose number somebody else has by now, holds nothing.
final class BuildLock implements AutoCloseable {
  private final Path link;
  private final Path owner;

  private BuildLock(Path link, Path owner) {
    this.link = link;
    this.owner = owner;
  }

  /// Waits for whoever builds here, and says so.
  ///
  /// @param what it is for, told to those who wait: "builds app"
  static BuildLock take(Path state, String what, Progress progress) {
    Path link = state.resolve("build-lock");
    Pid own = Pid.of(ProcessHandle.current().pid(), "");
    Path owner = Path.of("%d/%s/%s".formatted(own.number(), own.began(), what.replace('/', ' ')));
    boolean told = false;
    while (true) {
      try {
        Files.createDirectories(state);
        Files.createSymbolicLink(link, owner);
        return new BuildLock(link, owner);
      } catch (FileAlreadyExistsException _) {
        Optional<Path> holder = holder(link);
        if (holder.isPresent() && !alive(holder.get())) {
          clear(link, holder.get(), owner);
          continue;
        }
        if (!told && holder.isPresent() && !number(holder.get()).equals(number(owner))) {
          progress.say("waiting for " + sentence(holder.get()));
          told = true;
        }
        Pause.of(Duration.ofMillis(300));
      } catch (IOException e) {
        throw new Refusal(link + ": " + e.getMessage(), e);
      }
    }
  }

  /// What the link says; empty when it has just gone.
  private static Optional<Path> holder(Path link) {
    try {
      return Optional.of(Files.readSymbolicLink(link));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (NotLinkException e) {
      throw new Refusal(link + " is not a lock of this program: remove it", e);
    } catch (IOException e) {
      throw new Refusal(link + ": " + e.getMessage(), e);
    }
  }

  private static boolean alive(Path holder) {
    List<String> fields = fields(holder);
    try {
      return fields.size() > 1 && new Pid(Long.parseLong(fields.get(0)), fields.get(1), "").alive();
    } catch (NumberFormatException _) {
      return false;
    }
  }

  private static String number(Path holder) {
    return fields(holder).getFirst();
  }

  private static String sentence(Path holder) {
    List<String> fields = fields(holder);
    return "process %s, which %s in this folder"
        .formatted(fields.getFirst(), fields.size() > 2 ? fields.get(2) : "builds");
  }

  private static List<String> fields(Path holder) {
    return Arrays.asList(holder.toString().split("/", 3));
  }

  /// Clears away the lock of a dead owner. One process at a time does so, and looks once more: else
  /// two of them could remove what a third has taken meanwhile.
  private static void clear(Path link, Path deadOwner, Path owner) {
    Path clearing = link.resolveSibling(link.getFileName() + ".clearing");
    try {
      Files.createSymbolicLink(clearing, owner);
      try {
        if (holder(link).equals(Optional.of(deadOwner))) {
          Files.delete(link);
        }
      } finally {
        Files.delete(clearing);
      }
    } catch (FileAlreadyExistsException _) {
      if (holder(clearing).filter(other -> !alive(other)).isPresent()) {
        remove(clearing);
      }
      Pause.of(Duration.ofMillis(100));
    } catch (IOException e) {
      throw new Refusal(link + ": " + e.getMessage(), e);
    }
  }

  private static void remove(Path link) {
    try {
      Files.deleteIfExists(link);
    } catch (IOException e) {
      throw new Refusal(link + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (holder(link).equals(Optional.of(owner))) {
      remove(link);
    }
  }
}
