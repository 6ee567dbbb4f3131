package io.nameplate.e2e.promises;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The last check of `./nameplate test`: every clause of the list of all promises has its row in
/// the page, every row names a test, and that test ran and passed.
@Command(
    name = "promises",
    description = "Compares docs/promises.md with what the tests of this run said.")
public final class PromiseCheck implements Callable<Integer> {
  @Parameters(index = "0", description = "docs/promises.md")
  private Path promises = Path.of("docs/promises.md");

  @Option(names = "--java", description = "A folder below which TEST-*.xml reports lie.")
  private List<Path> java = new ArrayList<>();

  @Option(names = "--go", description = "A file with the lines of `go test -json`.")
  private List<Path> go = new ArrayList<>();

  @Option(
      names = "--gates",
      description = "A file with the names of gates that passed, one a line.")
  private List<Path> gates = new ArrayList<>();

  /// Exit code 0 when every promise is kept; else 1, with one line for each that is not.
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PromiseCheck()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    var results = new TestResults();
    for (var folder : java) {
      results.addJava(folder);
    }
    for (var file : go) {
      results.addGo(file);
    }
    for (var file : gates) {
      results.addGates(file);
    }
    var all = Promise.readAll(Files.readAllLines(promises));
    var missing = new Clauses(clauses()).complaints(all);
    var broken = complaints(all, results);
    missing.forEach(System.err::println);
    broken.forEach(System.err::println);
    System.err.printf("promises: %d, kept %d%n", all.size(), all.size() - broken.size());
    return missing.isEmpty() && broken.isEmpty() && !all.isEmpty() ? 0 : 1;
  }

  /// The list of all promises, which is part of the program.
  static List<String> clauses() throws IOException {
    try (var list = PromiseCheck.class.getResourceAsStream("/promises/clauses.txt")) {
      if (list == null) {
        throw new IOException("promises/clauses.txt is not in the program");
      }
      return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /// One sentence for each promise that no passing test shows.
  static List<String> complaints(List<Promise> promises, TestResults results) {
    return promises.stream()
        .filter(promise -> !kept(promise, results))
        .map(promise -> complaint(promise, results))
        .toList();
  }

  private static boolean kept(Promise promise, TestResults results) {
    return !promise.tests().isEmpty()
        && promise.tests().stream()
            .allMatch(
                test -> results.of(test).filter(TestResults.Outcome.PASSED::equals).isPresent());
  }

  private static String complaint(Promise promise, TestResults results) {
    var said =
        promise.tests().stream()
            .map(test -> test + " " + results.of(test).map(Enum::name).orElse("DID NOT RUN"))
            .toList();
    return "promises.md:%d: \"%s\" is not shown: %s"
        .formatted(promise.line(), promise.text(), said.isEmpty() ? "no test named" : said);
  }
}
