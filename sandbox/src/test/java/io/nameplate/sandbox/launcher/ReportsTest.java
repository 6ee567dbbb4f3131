package io.nameplate.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ReportsTest {
  @Test
  void aSuiteIsCountedByItsTopElement() {
    assertThat(
            Reports.suite(
                """
                <?xml version="1.0"?>
                <testsuite version="3.0" name="ATest" time="0.1" tests="7" errors="1" skipped="2"
                    failures="1">
                  <testcase name="x"/>
                </testsuite>
                """))
        .isEqualTo(new Tally(7, 2, 2));
  }

  @Test
  void aReportThatBrokeOffIsAFailure() {
    assertThat(Reports.suite("<?xml")).isEqualTo(new Tally(0, 1, 0));
  }

  @Test
  void goTestsAreCountedWithoutTheirSubtests() {
    assertThat(
            Reports.go(
                Stream.of(
                    "{\"Time\":\"t\",\"Action\":\"run\",\"Package\":\"p/a\",\"Test\":\"TestX\"}",
                    "{\"Time\":\"t\",\"Action\":\"pass\",\"Package\":\"p/a\",\"Test\":\"TestX/one\",\"Elapsed\":0}",
                    "{\"Time\":\"t\",\"Action\":\"pass\",\"Package\":\"p/a\",\"Test\":\"TestX\",\"Elapsed\":0}",
                    "{\"Time\":\"t\",\"Action\":\"skip\",\"Package\":\"p/a\",\"Test\":\"TestY\",\"Elapsed\":0}",
                    "{\"Time\":\"t\",\"Action\":\"fail\",\"Package\":\"p/a\",\"Test\":\"TestZ\",\"Elapsed\":0}",
                    "{\"Time\":\"t\",\"Action\":\"fail\",\"Package\":\"p/a\",\"Elapsed\":0.1}")))
        .isEqualTo(new Tally(3, 1, 1));
  }

  @Test
  void aPackageThatDoesNotCompileIsAFailure() {
    assertThat(
            Reports.go(
                Stream.of("{\"Action\":\"fail\",\"Package\":\"p/b\",\"Elapsed\":0,\"x\":1}")))
        .isEqualTo(new Tally(0, 1, 0));
  }

  @Test
  void theLastLineCountsEverything() {
    assertThat(Tally.line(new Tally(5, 1, 0), new Tally(3, 0, 1), new Tally(2, 0, 0), 1))
        .isEqualTo("java=5 go=3 e2e=2 failed=2 skipped=1");
  }

  @Test
  void testsOfWhichNoneRanAreAFailure() {
    assertThat(Tally.line(new Tally(5, 0, 0), new Tally(3, 0, 0), Tally.NOTHING, 0))
        .isEqualTo("java=5 go=3 e2e=0 failed=1 skipped=0");
  }
}
