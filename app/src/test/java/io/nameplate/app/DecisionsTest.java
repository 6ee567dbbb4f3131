package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// Decision pages are called by their numbers.
final class DecisionsTest {
  @Test
  void eachHasANumberOfItsOwnThatItsTitleRepeats() throws IOException {
    var numbers = new ArrayList<Integer>();
    try (var pages = Files.list(Path.of("../docs/decisions"))) {
      for (var page : pages.sorted().toList()) {
        var name = page.getFileName().toString();
        assertThat(name).matches("\\d{4}-[a-z0-9-]+\\.md");
        numbers.add(Integer.parseInt(name.substring(0, 4)));
        assertThat(Files.readAllLines(page).getFirst())
            .as(name)
            .startsWith("# " + numbers.getLast() + ". ");
      }
    }
    assertThat(numbers).hasSizeGreaterThan(8).doesNotHaveDuplicates();
  }
}
