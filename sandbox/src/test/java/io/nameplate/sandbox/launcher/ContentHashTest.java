package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContentHashTest {
  @TempDir private Path root = Path.of("");

  @BeforeEach
  void someSources() throws IOException {
    write("pom.xml", "<project/>");
    write("core/src/main/java/A.java", "class A {}");
    write("edge/main.go", "package main");
  }

  @Test
  void theSameContentHasTheSameName() throws IOException {
    String before = hash();
    write("core/src/main/java/A.java", "class A {}");
    assertThat(hash()).isEqualTo(before).hasSize(16);
  }

  @Test
  void everyChangeOfASourceShows() throws IOException {
    String before = hash();
    write("core/src/main/java/A.java", "class A { }");
    String edited = hash();
    Files.move(
        root.resolve("core/src/main/java/A.java"), root.resolve("core/src/main/java/B.java"));
    assertThat(hash()).isNotEqualTo(edited).isNotEqualTo(before);
    assertThat(edited).isNotEqualTo(before);
  }

  @Test
  void testsAndResultsAreNoSources() throws IOException {
    String before = hash();
    write("core/src/test/java/ATest.java", "class ATest {}");
    write("core/target/classes/A.class", "x");
    write("edge/main_test.go", "package main");
    assertThat(hash()).isEqualTo(before);
  }

  @Test
  void aMissingInputIsNoFailure() {
    assertThat(ContentHash.ofSources(root, List.of("nowhere"))).hasSize(16);
  }

  private String hash() {
    return ContentHash.ofSources(root, List.of("pom.xml", "core", "edge"));
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
