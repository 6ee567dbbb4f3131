package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GatesTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @TempDir private Path folder = Path.of("");

  @Test
  void aBugInACheckBreaksItAndTheRunGoesOn() throws IOException {
    var gates = gates();
    boolean passed =
        gates.check(
            "licences",
            () -> {
              throw new IllegalStateException("no such module");
            });
    gates.check("gofmt", () -> {});
    assertThat(passed).isFalse();
    assertThat(gates.broken()).containsExactly("licences");
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("no such module");
    assertThat(folder.resolve("passed")).hasContent("gofmt");
  }

  @Test
  void aRefusalIsToldWithoutWhereInTheProgramItWas() throws IOException {
    var gates = gates();
    gates.check(
        "gofmt",
        () -> {
          throw new Refusal("not formatted: a.go");
        });
    assertThat(gates.broken()).containsExactly("gofmt");
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("not formatted: a.go")
        .doesNotContain("\tat ");
  }

  private Gates gates() throws IOException {
    return new Gates(
        new Progress(new PrintStream(said, true, StandardCharsets.UTF_8), InstantSource.system()),
        Files.createDirectories(folder).resolve("passed"));
  }
}
