package io.nameplate.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class CpuTimesTest {
  @Test
  void tellWhoUsedMostFirst() {
    var before = new CpuTimes(Map.of("worker", 10.0, "postgres", 2.0));
    var after = new CpuTimes(Map.of("worker", 11.0, "postgres", 5.0));
    assertThat(after.since(before, 8))
        .containsExactly(
            "the parts used 4.0 s of processor time in 8.0 s",
            "  postgres       3.0 s   75 %",
            "  worker         1.0 s   25 %");
  }

  @Test
  void countAPartFromItsStartWhenItCameLater() {
    var after = new CpuTimes(Map.of("edge-1", 2.0));
    assertThat(after.since(new CpuTimes(Map.of()), 1))
        .last()
        .asString()
        .contains("edge-1", "2.0 s");
  }

  @Test
  void sayThatNothingIsKnownWhereTheSystemKeepsNothing() {
    var none = CpuTimes.of("no part is running");
    assertThat(none.since(none, 1)).singleElement().asString().contains("no processor times");
  }

  @Test
  void findThisProcessAndItsChildren() {
    var self = ProcessHandle.current().pid();
    var times = CpuTimes.of("worker     running  pid %-8d   100 MB".formatted(self));
    assertThat(times.seconds()).containsOnlyKeys("worker");
  }

  @Test
  void countTheBenchAmongThoseThatUseTheMachine() {
    assertThat(CpuTimes.withBench("no part is running").seconds()).containsOnlyKeys("bench");
  }
}
