package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The test classes of a checkout's modules, held against the reports of a run.
///
/// A class without a report was left out by a tag, by a name that no pattern matches, or because
/// the module before it broke: none of these may pass for a success.
record TestClasses(Path root, List<String> modules, List<String> reportFolders) {
  TestClasses {
    modules = List.copyOf(modules);
    reportFolders = List.copyOf(reportFolders);
  }

  /// `module: class` for each that has not run.
  ///
  /// @param quick whether tests on real parts were left out
  List<String> missing(boolean quick) throws IOException {
    String pattern = quick ? ".*Test\\.java" : ".*(Test|IT)\\.java";
    List<String> missing = new ArrayList<>();
    for (String module : modules) {
      Path tests = root.resolve(module).resolve("src/test/java");
      if (!Files.isDirectory(tests)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(tests)) {
        files
            .map(file -> tests.relativize(file).toString())
            .filter(file -> file.matches(pattern))
            .map(file -> file.replaceFirst("\\.java$", "").replace('/', '.'))
            .filter(name -> !reported(module, name))
            .map(name -> module + ": " + name)
            .sorted()
            .forEach(missing::add);
      }
    }
    return missing;
  }

  private boolean reported(String module, String className) {
    return reportFolders.stream()
        .map(folder ->
            root.resolve(module)
                .resolve("target")
                .resolve(folder)
                .resolve("TEST-" + className + ".xml"))
        .anyMatch(Files::exists);
  }
}
