package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Names that say nothing are refused, in every module's sources.
final class NamesTest {
  private static final Pattern BANNED_CLASS =
      Pattern.compile(".*(Util|Utils|Helper|Helpers|Manager|Impl|Base)\\.java");
  private static final Pattern BANNED_PACKAGE =
      Pattern.compile(".*/(util|utils|common|misc|shared|helper|helpers)/[^/]*\\.java");

  @Test
  void noClassIsNamedAfterNothing() throws IOException {
    assertThat(sources().stream().filter(name -> BANNED_CLASS.matcher(name).matches())).isEmpty();
  }

  @Test
  void noPackageCollectsWhatHasNoPlace() throws IOException {
    assertThat(sources().stream().filter(name -> BANNED_PACKAGE.matcher(name).matches())).isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIs() throws IOException {
    List<String> all = sources();
    assertThat(
            all.stream()
                .map(name -> name.substring(0, name.lastIndexOf('/')))
                .distinct()
                .filter(folder -> !all.contains(folder + "/package-info.java")))
        .isEmpty();
  }

  private static List<String> sources() throws IOException {
    Path root = Path.of("..").toRealPath();
    try (Stream<Path> modules = Files.list(root)) {
      List<Path> sources =
          modules
              .map(module -> module.resolve("src/main/java"))
              .filter(Files::isDirectory)
              .toList();
      assertThat(sources).hasSizeGreaterThanOrEqualTo(9);
      return sources.stream().flatMap(NamesTest::files).toList();
    }
  }

  private static Stream<String> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toString).filter(name -> name.endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
