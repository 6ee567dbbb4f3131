package io.nameplate.sandbox.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What this machine needs before anything begins: looked at together, so that a person hears of
/// everything that is missing at once, each with the command to get it. `test` installs what the
/// system's packages have, where it may.
final class Preflight {
  /// The oldest Node that the OpenAPI linter runs on.
  private static final int NODE_MAJOR = 20;

  private static final Pattern NODE_VERSION = Pattern.compile("v(\\d+)\\.");

  private final Workspace workspace;
  private final Progress progress;

  Preflight(Workspace workspace, Progress progress) {
    this.workspace = workspace;
    this.progress = progress;
  }

  /// Something that has to be here.
  ///
  /// @param name with what it is for
  /// @param packages what Debian and Ubuntu call it; none where they have none that would do
  /// @param elsewhere how to get it by hand
  record Need(String name, BooleanSupplier here, List<String> packages, String elsewhere) {
    String sentence() {
      return "%s is missing: %s%s"
          .formatted(
              name,
              packages.isEmpty()
                  ? ""
                  : "sudo apt-get install %s (Debian, Ubuntu), or "
                      .formatted(String.join(" ", packages)),
              elsewhere);
    }
  }

  /// For `up`: nothing that was built or fetched before is asked for again.
  void forUp() {
    var needs = new ArrayList<Need>();
    if (!built(Build.EDGE) || !built(Build.PEBBLE)) {
      needs.add(go());
    }
    needs.add(temporal());
    needs.add(ownSession());
    require(needs, false);
  }

  /// For `edge join`.
  void forEdge() {
    require(built(Build.EDGE) ? List.of(ownSession()) : List.of(go(), ownSession()), false);
  }

  /// For `test`.
  ///
  /// @return the browser; empty in a quick run, which needs none
  Optional<Path> forTest(boolean quick) {
    var needs =
        new ArrayList<>(
            List.of(
                go(),
                temporal(),
                ownSession(),
                new Need(
                    "Node %d or later with npx (for the OpenAPI linter)".formatted(NODE_MAJOR),
                    Preflight::node,
                    List.of("nodejs", "npm"),
                    "brew install node (macOS), or nodejs.org")));
    if (!quick) {
      needs.add(
          new Need(
              "A C compiler (for go test -race)",
              () -> Toolbox.compiler().isPresent(),
              List.of("gcc", "libc6-dev"),
              "sudo dnf install gcc (Fedora), xcode-select --install (macOS)"));
      needs.add(
          new Need(
              "Chromium (for the dashboard's tests)",
              () -> Chromium.found().isPresent(),
              List.of("chromium"),
              "sudo dnf install chromium (Fedora), brew install --cask google-chrome (macOS)"));
    }
    require(needs, true);
    return quick ? Optional.empty() : Chromium.found();
  }

  /// Refuses with all that is missing, after installing what may be installed.
  void require(List<Need> needs, boolean install) {
    List<Need> missing = missing(needs);
    List<String> packages =
        missing.stream().flatMap(need -> need.packages().stream()).distinct().toList();
    String failure = "";
    if (install && !packages.isEmpty()) {
      try {
        if (new Packages(progress, workspace.state().resolve("packages.log")).install(packages)) {
          missing = missing(missing);
        }
      } catch (Refusal e) {
        failure = "%n%s".formatted(e.getMessage());
      }
    }
    if (!missing.isEmpty()) {
      throw new Refusal(
          "this machine lacks something:%n%s%s"
              .formatted(
                  missing.stream()
                      .map(need -> "  " + need.sentence())
                      .collect(Collectors.joining(System.lineSeparator())),
                  failure));
    }
  }

  private static List<Need> missing(List<Need> needs) {
    return needs.stream().filter(need -> !need.here().getAsBoolean()).toList();
  }

  private boolean built(Build build) {
    return Workshop.complete(build.result(workspace));
  }

  private static Need go() {
    return new Need(
        "Go %s or later (for the edge)".formatted(Toolbox.GO_NEEDED),
        () -> Toolbox.findGo().isPresent(),
        List.of(),
        "unpack it from go.dev/dl to /usr/local/go, or put it on the PATH" + Toolbox.tooOld());
  }

  private Need temporal() {
    return new Need(
        "Temporal, and every way to get it",
        () ->
            Executables.onPath("temporal").isPresent()
                || new TemporalServer(workspace, progress).kept().isPresent()
                || Toolbox.pip().isPresent()
                || Toolbox.findGo().isPresent(),
        List.of("python3-pip"),
        "put a temporal program (1.9 or later, temporal.io) on the PATH");
  }

  private static Need ownSession() {
    return new Need(
        "setsid or Perl (parts get a session of their own)",
        () -> Executables.onPath("setsid").isPresent() || Executables.onPath("perl").isPresent(),
        List.of("util-linux"),
        "Perl from your system's packages");
  }

  private static boolean node() {
    return Executables.onPath("npx").isPresent()
        && Executables.output(List.of("node", "--version"))
            .filter(Preflight::nodeWillDo)
            .isPresent();
  }

  static boolean nodeWillDo(String version) {
    Matcher major = NODE_VERSION.matcher(version);
    return major.find() && Integer.parseInt(major.group(1)) >= NODE_MAJOR;
  }
}
