package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads what the test tools of Java and Go wrote.
final class Reports {
  /// The element at the top of each report by Surefire and Failsafe.
  private static final Pattern SUITE = Pattern.compile("<testsuite\\b[^>]*>", Pattern.DOTALL);

  /// A line of `go test -json` that ends a test; subtests (with a slash) belong to theirs.
  private static final Pattern GO_TEST =
      Pattern.compile(
          "\"Action\":\"(pass|fail|skip)\",\"Package\":\"[^\"]*\",\"Test\":\"[^\"/]+\"");

  /// One that ends a package without naming a test: it does not compile, or it crashed.
  private static final Pattern GO_PACKAGE_FAILED =
      Pattern.compile("\"Action\":\"fail\",\"Package\":\"[^\"]*\",\"Elapsed\"");

  private Reports() {}

  /// All `TEST-*.xml` in a folder.
  static Tally java(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Tally.NOTHING;
    }
    Tally all = Tally.NOTHING;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(each -> each.getFileName().toString().matches("TEST-.*\\.xml")).toList()) {
        all = all.and(suite(Files.readString(file)));
      }
    }
    return all;
  }

  static Tally suite(String xml) {
    Matcher suite = SUITE.matcher(xml);
    if (!suite.find()) {
      return new Tally(0, 1, 0); // a report that broke off is no success
    }
    String element = suite.group();
    return new Tally(
        number(element, "tests"),
        number(element, "failures") + number(element, "errors"),
        number(element, "skipped"));
  }

  private static int number(String element, String attribute) {
    Matcher value = Pattern.compile("\\b" + attribute + "=\"(\\d+)\"").matcher(element);
    return value.find() ? Integer.parseInt(value.group(1)) : 0;
  }

  /// The lines of `go test -json`.
  static Tally go(Stream<String> lines) {
    int run = 0;
    int failed = 0;
    int skipped = 0;
    int brokenPackages = 0;
    for (String line : (Iterable<String>) lines::iterator) {
      Matcher test = GO_TEST.matcher(line);
      if (test.find()) {
        run++;
        switch (test.group(1)) {
          case "fail" -> failed++;
          case "skip" -> skipped++;
          default -> {} // the pattern leaves only pass
        }
      } else if (GO_PACKAGE_FAILED.matcher(line).find()) {
        brokenPackages++;
      }
    }
    return new Tally(run, failed == 0 ? brokenPackages : failed, skipped);
  }
}
