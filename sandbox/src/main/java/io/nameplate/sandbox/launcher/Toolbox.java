package io.nameplate.sandbox.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Programs of this machine that the launcher needs: found where they usually are, or named with
/// how to get them.
final class Toolbox {
  static final String GO_NEEDED = "1.26";

  private static final Pattern GO_VERSION = Pattern.compile("go(\\d+)\\.(\\d+)");
  private static final int GO_MINOR = 26;

  /// Folders that hold the program, or (with a star) folders of several versions. A shim such as
  /// asdf's is on the PATH.
  private static final List<String> GO_FOLDERS =
      List.of(
          "/usr/local/go/bin",
          "/usr/lib/go-*/bin",
          "/usr/lib/go/bin",
          "/usr/lib/golang/bin",
          "~/sdk/go*/bin",
          "~/go/bin",
          "~/.local/go/bin",
          "~/.go/bin",
          "/opt/go/bin",
          "/opt/homebrew/bin",
          "/opt/homebrew/opt/go*/bin",
          "/usr/local/opt/go*/bin",
          "/home/linuxbrew/.linuxbrew/bin",
          "/snap/bin");

  private Toolbox() {}

  record Go(Path program, String version) {}

  static Go go() {
    return findGo()
        .orElseThrow(() ->
            new Refusal(
                "the edge needs Go %s or later: unpack it from go.dev/dl to /usr/local/go, or put it on the PATH%s"
                    .formatted(GO_NEEDED, tooOld())));
  }

  /// The first one that is new enough, of all there are.
  static Optional<Go> findGo() {
    return versions().filter(go -> newEnough(go.version())).findFirst();
  }

  /// What is there and will not do, for people; empty when there is none at all.
  static String tooOld() {
    List<String> old = versions().map(go -> go.program() + " is " + go.version()).toList();
    return old.isEmpty() ? "" : " (" + String.join(", ", old) + ")";
  }

  private static Stream<Go> versions() {
    return Stream.concat(
            Executables.allOnPath("go").stream(),
            GO_FOLDERS.stream().flatMap(Toolbox::folders).map(folder -> folder.resolve("go")))
        .filter(Files::isExecutable)
        .filter(program -> !Files.isDirectory(program))
        .distinct()
        .flatMap(program ->
            Executables.output(List.of("env", "GOTOOLCHAIN=local", program.toString(), "version"))
                .map(said -> new Go(program, said.replaceFirst("^go version ", "")))
                .stream());
  }

  /// The folders that a pattern stands for, those with higher names first.
  static Stream<Path> folders(String pattern) {
    String whole = pattern.replaceFirst("^~", Matcher.quoteReplacement(home()));
    int star = whole.indexOf('*');
    if (star < 0) {
      return Stream.of(Path.of(whole));
    }
    int begin = whole.lastIndexOf(File.separatorChar, star);
    int end = whole.indexOf(File.separatorChar, star);
    String prefix = whole.substring(begin + 1, star);
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of(whole.substring(0, begin)))) {
      all.filter(folder -> folder.getFileName().toString().startsWith(prefix))
          .map(folder -> folder.resolve(whole.substring(end + 1)))
          .sorted(Collections.reverseOrder())
          .forEach(found::add);
    } catch (IOException _) {
      return Stream.empty(); // nothing of the kind here
    }
    return found.stream();
  }

  private static String home() {
    return System.getProperty("user.home");
  }

  static boolean newEnough(String version) {
    Matcher numbers = GO_VERSION.matcher(version);
    return numbers.find()
        && (Integer.parseInt(numbers.group(1)) > 1
            || Integer.parseInt(numbers.group(2)) >= GO_MINOR);
  }

  /// A C compiler, for the race detector.
  static Optional<Path> compiler() {
    return Stream.of("gcc", "clang", "cc")
        .flatMap(name -> Executables.onPath(name).stream())
        .findFirst();
  }

  /// A command line that begins pip; empty when there is no Python with it.
  static Optional<List<String>> pip() {
    for (String command : List.of("python3 -m pip", "pip3", "pip")) {
      List<String> words = Arrays.asList(command.split(" ", -1));
      if (Executables.onPath(words.getFirst()).isPresent()) {
        var version = new ArrayList<>(words);
        version.add("--version");
        if (Executables.output(version).isPresent()) {
          return Optional.of(words);
        }
      }
    }
    return Optional.empty();
  }
}
