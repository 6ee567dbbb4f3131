package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where a node keeps everything. Its program is a copy, so that it is there as long as the data
/// is.
record EdgeHome(String name, Path data) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  static EdgeHome of(Workspace workspace, Optional<String> name, Optional<Path> data) {
    String called = name.orElseGet(EdgeHome::machine);
    if (!NAME.matcher(called).matches()) {
      throw new Refusal(
          "--name: \"%s\" (expected: letters, digits, dots and dashes, 63 at most)"
              .formatted(called));
    }
    return new EdgeHome(
        called,
        data.orElseGet(() -> workspace.state().resolve("nodes").resolve(called))
            .toAbsolutePath()
            .normalize());
  }

  private static String machine() {
    return Executables.output(List.of("hostname"))
        .filter(said -> NAME.matcher(said).matches())
        .orElse("edge");
  }

  Path program() {
    return data.resolve("nameplate-edge");
  }

  /// Which build the program is a copy of.
  Path build() {
    return data.resolve("build");
  }

  Path options() {
    return data.resolve("joined.properties");
  }

  /// Exists while the node is meant to run.
  Path wanted() {
    return data.resolve("wanted");
  }

  Path log() {
    return data.resolve("edge.log");
  }

  /// Puts the program of a build in its place by a rename, as package managers do.
  ///
  /// @return whether it is another one than before
  boolean install(Path built) {
    try {
      String name = built.getFileName().toString();
      if (Files.exists(program())
          && Files.exists(build())
          && Files.readString(build()).strip().equals(name)) {
        return false;
      }
      Path whole = data.resolve("nameplate-edge.new");
      Files.copy(
          built.resolve(Workshop.program(Build.EDGE)),
          whole,
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
      Files.move(
          whole, program(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Files.writeString(build(), name + "\n");
      return true;
    } catch (IOException e) {
      throw new Refusal("the node's program: " + e, e);
    }
  }

  /// Lets the next one try again to run the newer build.
  void forgetBuild() {
    forget(build());
  }

  /// The node is not meant to run any longer.
  void unwant() {
    forget(wanted());
  }

  private static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new Refusal(file + ": " + e.getMessage(), e);
    }
  }
}
