package io.nameplate.sandbox.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Programs of this machine that the launcher needs: found where they usually are, or named with
/// how to get them.
final class Toolbox {
  private static final Pattern GO_VERSION = Pattern.compile("go(\\d+)\\.(\\d+)");
  private static final int GO_MINOR = 26;

  private Toolbox() {}

  record Go(Path program, String version) {}

  static Go go() {
    Path program =
        Executables.find(
                "go",
                "/usr/local/go/bin",
                "~/go/bin",
                "~/sdk/go/bin",
                "/opt/go/bin",
                "/usr/lib/go/bin",
                "/opt/homebrew/bin")
            .orElseThrow(() -> new Refusal("Go is missing: " + howToGetGo()));
    String version = Executables.output(List.of(program.toString(), "version")).orElse("");
    if (!newEnough(version)) {
      throw new Refusal("%s is %s, which is too old: %s".formatted(program, version, howToGetGo()));
    }
    return new Go(program, version.replaceFirst("^go version ", ""));
  }

  static boolean newEnough(String version) {
    Matcher numbers = GO_VERSION.matcher(version);
    return numbers.find()
        && (Integer.parseInt(numbers.group(1)) > 1
            || Integer.parseInt(numbers.group(2)) >= GO_MINOR);
  }

  private static String howToGetGo() {
    return "the edge needs Go 1.%d or later. Unpack it from go.dev/dl to /usr/local/go, or put it on the PATH"
        .formatted(GO_MINOR);
  }

  /// A command line that begins pip; empty when there is no Python with it.
  static Optional<List<String>> pip() {
    for (List<String> command :
        List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip"))) {
      if (Executables.onPath(command.getFirst()).isPresent()) {
        var version = new java.util.ArrayList<>(command);
        version.add("--version");
        if (Executables.output(version).isPresent()) {
          return Optional.of(command);
        }
      }
    }
    return Optional.empty();
  }
}
