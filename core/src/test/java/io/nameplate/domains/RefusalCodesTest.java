package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/problems.md` and the codes with which names and origins are refused.
class RefusalCodesTest {
  private static final Path RULES = Path.of("src/main/java/io/nameplate/domains");
  private static final Pattern CODE = Pattern.compile("\"((?:hostname|origin)-[a-z-]+)\"");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `((?:hostname|origin)-[a-z-]+)` \\| (?!\\d)");

  @Test
  void describesExactlyTheCodesThatExist() throws IOException {
    var codes = new TreeSet<String>();
    for (var rules : List.of("HostnameRules.java", "OriginRules.java")) {
      CODE.matcher(Files.readString(RULES.resolve(rules)))
          .results()
          .forEach(code -> codes.add(code.group(1)));
    }
    var described =
        ROW.matcher(Files.readString(Path.of("../docs/problems.md")))
            .results()
            .map(row -> row.group(1))
            .toList();
    assertThat(described).containsExactlyInAnyOrderElementsOf(codes);
  }
}
