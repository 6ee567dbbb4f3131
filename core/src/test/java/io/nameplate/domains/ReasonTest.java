package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReasonTest {
  private static final Path PAGE = Path.of("..", "docs", "reasons.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z-]+)` \\| ([a-z, ]+) \\| (.+) \\| ([a-z]+) \\| (.+) \\|");

  @Test
  void thePageListsExactlyTheReasonsThereAre() throws IOException {
    assertThat(rows().map(row -> row.get(0)))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Reason.values()).map(Reason::code).toList());
  }

  @Test
  void everyRowNamesStatesAnActorAndWhatToDo() throws IOException {
    var states = Arrays.stream(ConditionState.values()).map(ConditionState::word).toList();
    var actors = Arrays.stream(Actor.values()).map(Actor::word).toList();
    assertThat(rows())
        .allSatisfy(row -> {
          assertThat(states).containsAll(List.of(row.get(1).split(", ")));
          assertThat(actors).contains(row.get(3));
          assertThat(row.get(2)).endsWith(".");
          assertThat(row.get(4)).endsWith(".");
        });
  }

  private static java.util.stream.Stream<List<String>> rows() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(line -> line.startsWith("| `"))
        .map(line -> {
          var row = ROW.matcher(line);
          assertThat(row.matches()).as(line).isTrue();
          return List.of(row.group(1), row.group(2), row.group(3), row.group(4), row.group(5));
        });
  }
}
