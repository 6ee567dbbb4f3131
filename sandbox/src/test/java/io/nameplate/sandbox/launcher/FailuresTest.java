package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FailuresTest {
  @TempDir private Path folder;

  @Test
  void aTestOfJavaIsToldWithWhatItSaid() throws IOException {
    Files.writeString(
        folder.resolve("TEST-a.B.xml"),
        """
        <?xml version="1.0"?>
        <testsuite tests="3" errors="1" failures="1">
          <testcase classname="a.B" name="passes"/>
          <testcase classname="a.B" name="fails">
            <failure message="two lines" type="T"><![CDATA[T: expected 1
        but was 2
            at a.B.fails(B.java:7)]]></failure>
          </testcase>
          <testcase classname="a.B" name=""><error type="U">U: before all</error></testcase>
        </testsuite>
        """);
    assertThat(Failures.java(folder))
        .containsExactly(
            """
            FAILED TEST: a.B.fails
              T: expected 1
              but was 2
                  at a.B.fails(B.java:7)\
            """,
            """
            FAILED TEST: a.B.
              U: before all\
            """);
  }

  @Test
  void aReportThatBrokeOffIsTold() throws IOException {
    Files.writeString(folder.resolve("TEST-a.B.xml"), "<testsuite><testcase");
    assertThat(Failures.java(folder))
        .singleElement()
        .asString()
        .startsWith("TEST-a.B.xml broke off");
  }

  @Test
  void whereNothingRanNothingFailed() throws IOException {
    assertThat(Failures.java(folder.resolve("none"))).isEmpty();
  }

  @Test
  void aTestOfGoIsToldWithWhatItSaidAndOthersAreNot() {
    assertThat(
            Failures.go(
                Stream.of(
                    "{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"TestX\",\"Output\":\"x_test.go:7: no\\n\"}",
                    "{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"TestY\",\"Output\":\"fine\\n\"}",
                    "{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"TestY\"}",
                    "{\"Action\":\"fail\",\"Package\":\"p\",\"Test\":\"TestX\"}",
                    "# not JSON",
                    "{\"Action\":\"output\",\"Package\":\"p\",\"Output\":\"panic\\n\"}",
                    "{\"Action\":\"fail\",\"Package\":\"p\"}")))
        .containsExactly("FAILED TEST: p TestX\n  x_test.go:7: no", "FAILED TEST: p\n  panic");
  }
}
