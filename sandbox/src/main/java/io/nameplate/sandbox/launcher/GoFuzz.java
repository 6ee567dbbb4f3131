package io.nameplate.sandbox.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The edge's fuzz targets, each for a while with inputs that nobody wrote. What was found worth
/// keeping stays in Go's cache: every run goes on where the one before ended.
final class GoFuzz {
  /// A target reaches tens of thousands of inputs in it; all of them together cost two minutes.
  private static final String FOR_EACH = "10s";

  /// Go's own limit is a minute, spent on every input that reaches something new.
  private static final String TO_SHORTEN = "1s";

  private static final Pattern TARGET =
      Pattern.compile("^func (Fuzz\\w+)\\(\\w+ \\*testing\\.F\\)", Pattern.MULTILINE);

  private static final int MOST_AGAIN = 3;

  private final Path edge;
  private final Path logs;
  private final String go;
  private final Map<String, String> environment;

  GoFuzz(Path edge, Path logs, String go, Map<String, String> environment) {
    this.edge = edge;
    this.logs = logs;
    this.go = go;
    this.environment = environment;
  }

  /// One target: a function of a package, which is a folder below the module's.
  record Target(Path folder, String name) implements Comparable<Target> {
    @Override
    public int compareTo(Target other) {
      return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
      return folder + "." + name;
    }
  }

  /// Runs all targets, one after the other. Refuses with the text of the first input that fails.
  void all() {
    List<Target> targets = targets(edge);
    if (targets.isEmpty()) {
      throw new Refusal("no fuzz target below " + edge);
    }
    targets.forEach(this::run);
  }

  /// Before Go 1.27 a target may fail by Go's own clock (https://go.dev/issue/75804), more often on
  /// a busy machine. Such a run found nothing and is done again.
  private void run(Target target) {
    Path log = log(target);
    for (int again = MOST_AGAIN; ; again--) {
      try {
        attempt(target, log);
        return;
      } catch (Refusal e) {
        String said = output(log);
        if (again == 0 || !onlyTheClock(said)) {
          throw new Refusal(target + " fails:\n" + said, e);
        }
      }
    }
  }

  /// Whether a run that failed did so without an input that fails.
  static boolean onlyTheClock(String said) {
    return !said.contains("Failing input written to")
        && said.lines().anyMatch(line -> line.strip().equals("context deadline exceeded"));
  }

  private void attempt(Target target, Path log) {
    Executables.run(
        "go test -fuzz",
        List.of(
            go,
            "test",
            "-json",
            "-run=^$",
            "-fuzz=^" + target.name() + "$",
            "-fuzztime=" + FOR_EACH,
            "-fuzzminimizetime=" + TO_SHORTEN,
            "./" + target.folder()),
        edge,
        environment,
        log);
  }

  private Path log(Target target) {
    return logs.resolve("go-fuzz-%s.json".formatted(target.toString().replace('/', '-')));
  }

  /// Where the results of `go test -json` are, those that a run has written.
  List<Path> results() {
    return targets(edge).stream().map(this::log).filter(Files::exists).toList();
  }

  /// The targets of a module, in order.
  static List<Target> targets(Path module) {
    try (Stream<Path> files = Files.walk(module)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("_test.go"))
          .flatMap(file -> targetsIn(module.relativize(file.getParent()), file))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new Refusal("the fuzz targets: " + e, e);
    }
  }

  private static Stream<Target> targetsIn(Path folder, Path file) {
    try {
      return TARGET
          .matcher(Files.readString(file))
          .results()
          .map((MatchResult found) -> new Target(folder, found.group(1)));
    } catch (IOException e) {
      throw new Refusal("the fuzz targets: " + e, e);
    }
  }

  private static String output(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      return said(lines);
    } catch (IOException e) {
      throw new Refusal(log + ": " + e, e);
    }
  }

  /// What a person would have seen of `go test -json`, without the lines that count inputs.
  static String said(Stream<String> lines) {
    var json = new ObjectMapper();
    return lines
        .map(line -> {
          try {
            return json.readTree(line).path("Output").asText();
          } catch (JsonProcessingException e) {
            return line + "\n"; // of the go command itself
          }
        })
        .filter(text -> !text.isEmpty() && !text.startsWith("fuzz: elapsed"))
        .collect(Collectors.joining());
  }
}
