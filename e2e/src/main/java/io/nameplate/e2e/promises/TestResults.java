package io.nameplate.e2e.promises;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/// What the tests of one run said, by the names that `docs/promises.md` uses.
final class TestResults {
  /// What became of one test.
  enum Outcome {
    PASSED,
    FAILED,
    SKIPPED
  }

  private static final Pattern GO_LINE =
      Pattern.compile(
          "\"Action\":\"(pass|fail|skip)\",\"Package\":\"[^\"]*?([^/\"]+)\",\"Test\":\"([^\"/]+)\"");

  private final Map<String, Outcome> outcomes = new HashMap<>();

  /// The outcome of the test with this name; empty when it did not run.
  Optional<Outcome> of(String name) {
    return Optional.ofNullable(outcomes.get(name));
  }

  /// Adds every `TEST-*.xml` below `root`, as Surefire and Failsafe write them. A parameterised
  /// test counts as passed when all its cases did.
  void addJava(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (var file : files.filter(TestResults::isReport).toList()) {
        addReport(file);
      }
    }
  }

  /// Adds the lines that `go test -json` wrote.
  void addGo(Path file) throws IOException {
    for (var line : Files.readAllLines(file)) {
      var match = GO_LINE.matcher(line);
      if (match.find()) {
        add("go:" + match.group(2) + "." + match.group(3), goOutcome(match.group(1)));
      }
    }
  }

  /// Adds checks that are no tests and have passed: one name a line.
  void addGates(Path file) throws IOException {
    List<String> names = Files.readAllLines(file);
    names.stream().map(String::strip).forEach(name -> add("gate:" + name, Outcome.PASSED));
  }

  private void addReport(Path file) throws IOException {
    var cases = parse(file).getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      var test = (Element) cases.item(i);
      var owner = test.getAttribute("classname");
      var method = test.getAttribute("name").replaceFirst("[({\\[].*", "").strip();
      var simple = owner.substring(owner.lastIndexOf('.') + 1).replaceFirst(".*\\$", "");
      add(simple + "." + method, outcomeOf(test));
    }
  }

  private void add(String name, Outcome outcome) {
    outcomes.merge(name, outcome, TestResults::worse);
  }

  private static Outcome worse(Outcome one, Outcome other) {
    if (one == Outcome.FAILED || other == Outcome.FAILED) {
      return Outcome.FAILED;
    }
    return one == Outcome.SKIPPED ? one : other;
  }

  private static Outcome outcomeOf(Element test) {
    if (test.getElementsByTagName("failure").getLength() > 0
        || test.getElementsByTagName("error").getLength() > 0) {
      return Outcome.FAILED;
    }
    return test.getElementsByTagName("skipped").getLength() > 0 ? Outcome.SKIPPED : Outcome.PASSED;
  }

  private static Outcome goOutcome(String action) {
    return switch (action) {
      case "pass" -> Outcome.PASSED;
      case "skip" -> Outcome.SKIPPED;
      default -> Outcome.FAILED;
    };
  }

  private static boolean isReport(Path file) {
    return file.getFileName().toString().matches("TEST-.*\\.xml");
  }

  private static Element parse(Path file) throws IOException {
    try {
      return DocumentBuilderFactory.newDefaultInstance()
          .newDocumentBuilder()
          .parse(file.toFile())
          .getDocumentElement();
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file + " is not a test report", e);
    }
  }
}
