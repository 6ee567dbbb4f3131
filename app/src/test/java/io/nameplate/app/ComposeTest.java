package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The container files speak of settings and targets that exist. They are not started here: that
/// needs an engine.
final class ComposeTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void everySettingInThemIsDescribed() throws IOException {
    String described = Files.readString(ROOT.resolve("docs/configuration.md"));
    for (String file : List.of("docker-compose.yml", "Dockerfile")) {
      assertThat(found("NAMEPLATE_[A-Z_]+", file))
          .isNotEmpty()
          .allSatisfy(key -> assertThat(described).contains("`" + key + "`"));
    }
  }

  @Test
  void everyTargetThatIsBuiltIsInTheDockerfile() throws IOException {
    assertThat(found("(?<=target: )[a-z]+", "docker-compose.yml"))
        .isNotEmpty()
        .isSubsetOf(found("(?<= AS )[a-z]+", "Dockerfile"));
  }

  @Test
  void everyVariableIsInTheExample() throws IOException {
    assertThat(found("(?<=\\$\\{)[A-Z_]+", "docker-compose.yml"))
        .isSubsetOf(found("(?m)^[A-Z_]+(?==)", ".env.example"));
  }

  private static Set<String> found(String pattern, String file) throws IOException {
    return new TreeSet<>(
        Pattern.compile(pattern)
            .matcher(Files.readString(ROOT.resolve(file)))
            .results()
            .map(MatchResult::group)
            .toList());
  }
}
