package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestClassesTest {
  @TempDir private Path root = Path.of("");

  @Test
  void aClassWithoutAReportIsNamedWhereverReportsAre() throws IOException {
    write("e2e/src/test/java/a/CommandsIT.java");
    write("e2e/src/test/java/a/OutageIT.java");
    write("e2e/src/test/java/a/SilentIT.java");
    write("e2e/src/test/java/a/LineTest.java");
    write("e2e/src/test/java/a/Chromium.java");
    write("e2e/target/reports/TEST-a.CommandsIT.xml");
    write("e2e/target/reports-long/TEST-a.OutageIT.xml");
    var classes = new TestClasses(root, List.of("e2e", "core"), List.of("reports", "reports-long"));
    assertThat(classes.missing(false)).containsExactly("e2e: a.LineTest", "e2e: a.SilentIT");
    assertThat(classes.missing(true)).containsExactly("e2e: a.LineTest");
  }

  private void write(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
  }
}
