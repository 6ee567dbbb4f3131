package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Copies that tests and benches make and delete. A file in their data says so; a copy without it
/// is somebody's and is never deleted by a program.
final class Disposable {
  /// In the environment of what a test run starts: which run a copy belongs to.
  static final String RUN = "DISPOSABLE_OF_RUN";

  private final Workspace workspace;

  Disposable(Workspace workspace) {
    this.workspace = workspace;
  }

  /// All of one run below a checkout.
  static List<Workspace> ofRun(Path root, String run) throws IOException {
    Path state = new Workspace(root, 0).state();
    if (!Files.isDirectory(state)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(state)) {
      return folders
          .map(folder -> folder.getFileName().toString())
          .filter(name -> name.matches("\\d{1,5}"))
          .map(name -> new Workspace(root, Integer.parseInt(name)))
          .filter(copy -> new Disposable(copy).run().equals(Optional.of(run)))
          .sorted(Comparator.comparingInt(Workspace::offset))
          .toList();
    }
  }

  /// Refuses when there is data that nobody declared disposable.
  void require() {
    if (Files.exists(workspace.data()) && !Files.exists(marker())) {
      throw new Refusal(
          ("the copy in %s is not a test's: it is left as it is. Choose other ports with"
                  + " --port-offset, or delete it yourself: ./nameplate reset --port-offset %d")
              .formatted(workspace.data(), workspace.offset()));
    }
  }

  /// Declares a copy disposable that has no data, or is so already.
  void declare(String run) throws IOException {
    require();
    workspace.create();
    Files.writeString(marker(), run + "\n");
  }

  /// Deletes the data of a copy whose parts are stopped; the logs are kept in `logs` first, for
  /// people who wonder about a test.
  void delete(Optional<Path> logs) throws IOException {
    require();
    if (logs.isPresent() && Files.isDirectory(workspace.logs())) {
      Path kept = logs.get().resolve("logs-" + workspace.offset());
      Folders.delete(kept);
      Files.move(workspace.logs(), kept);
    }
    workspace.deleteData();
  }

  private Optional<String> run() {
    try {
      return Optional.of(Files.readString(marker()).strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Path marker() {
    return workspace.data().resolve("disposable");
  }
}
