package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/configuration.md` lists every setting that a program reads, and no other.
final class ConfigurationPageTest {
  private static final Path ROOT = Path.of("..");
  private static final String PAGE = "docs/configuration.md";

  @Test
  void listsEverySettingThatIsReadAndNoOther() throws IOException {
    var read = new TreeSet<String>();
    for (var module : new String[] {"app", "ui-vaadin"}) {
      try (var sources = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
        for (var source : sources.filter(it -> it.toString().endsWith(".java")).toList()) {
          Pattern.compile("(?<=\")NAMEPLATE_[A-Z_]+(?=\")")
              .matcher(Files.readString(source))
              .results()
              .map(MatchResult::group)
              .forEach(read::add);
        }
      }
    }
    assertThat(ComposeTest.found("(?m)(?<=^\\| `)NAMEPLATE_[A-Z_]+(?=`)", PAGE)).isEqualTo(read);
  }

  @Test
  void listsEveryFlagOfTheEdgeAndNoOther() throws IOException {
    var declared = ComposeTest.found(ComposeTest.EdgeFlags.DECLARED, ComposeTest.EdgeFlags.SOURCE);
    assertThat(declared).contains("data", "allow-origin", "grace");
    assertThat(ComposeTest.found("(?m)(?<=^\\| `--)[a-z-]+(?=[ `])", PAGE)).isEqualTo(declared);
  }
}
