package io.nameplate.sandbox.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/// What the tests that failed said, for people who see a run's output and not its machine.
final class Failures {
  /// Enough for a message and the part of its trace that is ours.
  private static final int LINES_EACH = 40;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Failures() {}

  /// Of Surefire's and Failsafe's reports in a folder.
  static List<String> java(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    var failures = new ArrayList<String>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files
              .filter(each -> each.getFileName().toString().matches("TEST-.*\\.xml"))
              .sorted()
              .toList()) {
        failures.addAll(suite(file));
      }
    }
    return failures;
  }

  private static List<String> suite(Path report) throws IOException {
    var failures = new ArrayList<String>();
    try {
      var factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null); // it would print to stderr what is thrown anyway
      var cases = builder.parse(report.toFile()).getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        var test = (Element) cases.item(i);
        for (Node part = test.getFirstChild(); part != null; part = part.getNextSibling()) {
          if (part.getNodeName().equals("failure") || part.getNodeName().equals("error")) {
            failures.add(
                told(
                    test.getAttribute("classname") + "." + test.getAttribute("name"),
                    part.getTextContent().lines()));
          }
        }
      }
    } catch (SAXException e) {
      failures.add("%s broke off: %s".formatted(report.getFileName(), e.getMessage()));
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("this JDK's own parser", e);
    }
    return failures;
  }

  /// Of the lines of `go test -json`: the last words of each test that failed, and of packages that
  /// failed without one.
  static List<String> go(Stream<String> lines) {
    Map<String, List<String>> said = new LinkedHashMap<>();
    var failures = new ArrayList<String>();
    for (String line : (Iterable<String>) lines::iterator) {
      try {
        var event = JSON.readTree(line);
        var test = event.path("Package").asText() + " " + event.path("Test").asText();
        switch (event.path("Action").asText()) {
          case "output" -> say(said, test, event.path("Output").asText().stripTrailing());
          case "pass", "skip" -> said.remove(test);
          case "fail" ->
              failures.add(told(test.strip(), said.getOrDefault(test, List.of()).stream()));
          default -> {} // begins, pauses and goes on
        }
      } catch (JsonProcessingException _) {
        // what a build says of itself is beside the events, in the gate's own message
      }
    }
    return failures;
  }

  private static void say(Map<String, List<String>> said, String test, String words) {
    var all = said.computeIfAbsent(test, _ -> new ArrayList<>());
    all.add(words);
    if (all.size() > LINES_EACH) {
      all.removeFirst();
    }
  }

  private static String told(String test, Stream<String> words) {
    var all =
        words
            .filter(line -> !line.isBlank())
            .limit(LINES_EACH)
            .map(line -> "%n  %s".formatted(LogTail.shortened(line)))
            .toList();
    return "FAILED TEST: " + test + String.join("", all);
  }
}
