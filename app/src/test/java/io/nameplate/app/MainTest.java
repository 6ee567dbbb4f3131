package io.nameplate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

final class MainTest {
  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandTellsItsVersion(List<String> command) {
    var out = new StringWriter();
    var arguments = new ArrayList<>(command);
    arguments.add("--version");
    int exit =
        Main.commandLine().setOut(new PrintWriter(out)).execute(arguments.toArray(String[]::new));
    assertThat(exit).isZero();
    assertThat(out.toString().strip()).isEqualTo("nameplate " + Release.version());
  }

  static Stream<List<String>> commands() {
    return below(List.of(), Main.commandLine());
  }

  private static Stream<List<String>> below(List<String> path, CommandLine line) {
    return Stream.concat(
        Stream.of(path),
        line.getSubcommands().entrySet().stream()
            .flatMap(each -> {
              var longer = new ArrayList<>(path);
              longer.add(each.getKey());
              return below(List.copyOf(longer), each.getValue());
            }));
  }
}
