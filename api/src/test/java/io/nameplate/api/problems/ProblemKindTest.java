package io.nameplate.api.problems;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProblemKindTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (\\d{3}) \\|");

  @Test
  void describesExactlyTheKindsThatExistWithTheirStatus() throws IOException {
    var document = Files.readString(Path.of("../docs/problems.md"));
    var described =
        ROW.matcher(document).results().map(row -> row.group(1) + " " + row.group(2)).toList();
    var kinds =
        Arrays.stream(ProblemKind.values()).map(kind -> kind.code() + " " + kind.status()).toList();
    assertThat(described).containsExactlyInAnyOrderElementsOf(kinds);
  }
}
