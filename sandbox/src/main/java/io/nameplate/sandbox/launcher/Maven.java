package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Maven in this checkout, which tells as it goes what it has got to.
final class Maven {
  private static final Pattern MODULE =
      Pattern.compile("^\\[INFO] Building (.*\\S) +\\[(\\d+/\\d+)]$");

  /// What Surefire and Failsafe write when a class has run.
  private static final Pattern CLASS = Pattern.compile("Tests run: .* -- in (?:.*\\.)?(\\w+)$");

  private static final Duration EVERY = Duration.ofSeconds(5);

  private final Workspace workspace;
  private final Progress progress;

  Maven(Workspace workspace, Progress progress) {
    this.workspace = workspace;
    this.progress = progress;
  }

  /// Runs it to its end; refuses with the log's last lines when it fails.
  ///
  /// @param what the subject of the sentence when it fails: "the build of app"
  /// @param label stands before what it has got to
  void run(
      String what,
      String label,
      List<String> arguments,
      Map<String, String> environment,
      Path log) {
    var command = new ArrayList<>(List.of(workspace.root().resolve("mvnw").toString(), "-B"));
    command.addAll(arguments);
    var variables = new java.util.HashMap<>(environment);
    variables.put("JAVA_HOME", System.getProperty("java.home"));
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new Refusal(log + ": " + e.getMessage(), e);
    }
    Thread teller = Thread.ofVirtual().start(() -> tell(label, log));
    try {
      Executables.run(what, command, workspace.root(), variables, log);
    } finally {
      teller.interrupt();
    }
  }

  private void tell(String label, Path log) {
    String before = "";
    try {
      while (true) {
        Thread.sleep(EVERY);
        String now = soFar(log);
        if (!now.isEmpty() && !now.equals(before)) {
          progress.say(label + ": " + now);
          before = now;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // it has ended
    }
  }

  private static String soFar(Path log) {
    try (Stream<String> lines = Files.lines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      return soFar(lines);
    } catch (IOException | java.io.UncheckedIOException _) {
      return ""; // not begun
    }
  }

  /// The newest module, how many files came over the network, and how many test classes have run;
  /// empty before the first.
  static String soFar(Stream<String> lines) {
    String module = "";
    int fetched = 0;
    int classes = 0;
    String newest = "";
    for (String line : (Iterable<String>) lines::iterator) {
      Matcher building = MODULE.matcher(line);
      Matcher tested = CLASS.matcher(line);
      if (building.matches()) {
        module = building.group(2) + " " + building.group(1);
      } else if (line.contains("Downloaded from")) {
        fetched++;
      } else if (tested.find()) {
        classes++;
        newest = tested.group(1);
      }
    }
    List<String> told = new ArrayList<>();
    if (!module.isEmpty()) {
      told.add(module);
    }
    if (fetched > 0) {
      told.add(fetched + " files downloaded");
    }
    if (classes > 0) {
      told.add("%d test classes, the last %s".formatted(classes, newest));
    }
    return String.join(", ", told);
  }
}
