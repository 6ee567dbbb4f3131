package io.nameplate.e2e.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The `./nameplate` command of one copy, used as a person uses it.
public final class Launcher {
  /// Longest time a command may take; an import of 200,000 names on a busy machine is the longest
  /// one.
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final Path root;
  private final int portOffset;
  private final Map<String, String> settings;

  /// @param root the checkout that holds the command
  /// @param settings configuration that its parts get besides, `NAMEPLATE_…` keys with values
  public Launcher(Path root, int portOffset, Map<String, String> settings) {
    this.root = root;
    this.portOffset = portOffset;
    this.settings = Map.copyOf(settings);
  }

  /// What a command left behind.
  public record Result(int exitCode, String stdout, String stderr) {}

  /// The checkout this program runs in: the nearest folder upwards that holds the command.
  public static Path checkout() {
    var folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isExecutable(folder.resolve("nameplate"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("run inside a checkout: no ./nameplate found upwards");
    }
    return folder;
  }

  /// Where this copy keeps its data.
  public Path data() {
    return root.resolve(".nameplate").resolve(Integer.toString(portOffset));
  }

  /// Runs a command and expects exit code 0.
  ///
  /// @return what it printed, without the last line's end
  public String run(String... arguments) {
    var result = tryRun(arguments);
    if (result.exitCode() != 0) {
      throw new IllegalStateException(
          "./nameplate %s ended with %d: %s"
              .formatted(String.join(" ", arguments), result.exitCode(), result.stderr()));
    }
    return result.stdout().stripTrailing();
  }

  /// Runs a command, whatever becomes of it.
  public Result tryRun(String... arguments) {
    var command = new ArrayList<>(List.of(root.resolve("nameplate").toString()));
    command.addAll(List.of(arguments));
    command.add("--port-offset");
    command.add(Integer.toString(portOffset));
    return result(command);
  }

  /// Pastes a line into a shell in the checkout, as a person does with what was printed.
  public Result paste(String line) {
    return result(List.of("sh", "-c", line));
  }

  private Result result(List<String> command) {
    try {
      var out = Files.createTempFile("nameplate", ".out");
      var err = Files.createTempFile("nameplate", ".err");
      var builder =
          new ProcessBuilder(command)
              .directory(root.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().putAll(settings);
      var process = builder.start();
      if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "did not end within " + LONGEST + ": " + command.getFirst());
      }
      var result =
          new Result(
              process.exitValue(),
              Files.readString(out, StandardCharsets.UTF_8),
              Files.readString(err, StandardCharsets.UTF_8));
      Files.delete(out);
      Files.delete(err);
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + command, e);
    }
  }
}
