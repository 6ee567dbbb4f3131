package io.nameplate.sandbox.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Programs of this machine: where they are, and runs that end.
final class Executables {
  private Executables() {}

  static Optional<Path> onPath(String name) {
    return allOnPath(name).stream().findFirst();
  }

  /// All programs of this name, in the order of the PATH.
  static List<Path> allOnPath(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .toList();
  }

  /// What a short command prints (stdout and stderr); empty when it cannot run, fails, or takes
  /// over a minute, which is much for a machine whose cores are all busy.
  static Optional<String> output(List<String> command) {
    return output(command, Duration.ofMinutes(1));
  }

  static Optional<String> output(List<String> command, Duration limit) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var text =
          new FutureTask<>(() ->
              new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
      Thread.ofVirtual().start(text);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      // A child of it may hold the pipe open for longer.
      String output = text.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return process.exitValue() == 0 ? Optional.of(output) : Optional.empty();
    } catch (IOException | ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /// Runs a command to its end with its output in a file. Refuses with the file's last lines when
  /// it fails.
  static void run(
      String what, List<String> command, Path folder, Map<String, String> environment, Path log) {
    try {
      Files.createDirectories(log.getParent());
      var builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().putAll(environment);
      Process process =
          builder
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
              .start();
      int exit;
      try {
        exit = process.waitFor();
      } catch (InterruptedException e) {
        process.destroy();
        Thread.currentThread().interrupt();
        throw new Refusal(what + ": interrupted", e);
      }
      if (exit != 0) {
        throw new Refusal(
            "%s failed with exit code %d (%s). Its last lines:%n%s"
                .formatted(what, exit, log, LogTail.interesting(log, 25)));
      }
    } catch (IOException e) {
      throw new Refusal(
          "%s: \"%s\" does not run (%s)".formatted(what, command.getFirst(), e.getMessage()), e);
    }
  }
}
