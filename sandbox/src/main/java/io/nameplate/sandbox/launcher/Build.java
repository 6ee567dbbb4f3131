package io.nameplate.sandbox.launcher;

import java.nio.file.Path;
import java.util.List;

/// Something that is made from sources: a set of jars from a Maven module, or a program from a Go
/// module.
enum Build {
  APP("app", "app"),
  DASHBOARD("dashboard", "ui-vaadin"),
  BENCH("bench", "e2e"),
  EDGE("edge", "edge"),
  EDGE_BENCH("edge-bench", "edge"),
  PEBBLE("pebble", "sandbox/pebble");

  private final String label;
  private final String module;

  Build(String label, String module) {
    this.label = label;
    this.module = module;
  }

  /// Files and folders, relative to the checkout, whose content decides whether it is made again.
  List<String> inputs() {
    return switch (this) {
      case APP ->
          List.of("pom.xml", ".mvn", "openapi.yaml", "core", "workflows", "adapters", "api", "app");
      case DASHBOARD -> List.of("pom.xml", ".mvn", "openapi.yaml", "sdk-java", "ui-vaadin");
      case BENCH ->
          List.of("pom.xml", ".mvn", "openapi.yaml", "core", "sandbox", "sdk-java", "e2e");
      case EDGE, EDGE_BENCH, PEBBLE -> List.of(module);
    };
  }

  String label() {
    return label;
  }

  /// The Maven module, or the folder of the Go module.
  String module() {
    return module;
  }

  boolean go() {
    return switch (this) {
      case EDGE, EDGE_BENCH, PEBBLE -> true;
      case APP, DASHBOARD, BENCH -> false;
    };
  }

  /// Where the result is, under the name of what it was made from.
  Path result(Workspace workspace) {
    return workspace
        .builds()
        .resolve(label + "-" + ContentHash.ofSources(workspace.root(), inputs()));
  }
}
