package io.nameplate.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DurationsTest {
  @Test
  void takeTheNearestRank() {
    var hundred =
        new Durations(
            IntStream.rangeClosed(1, 100).mapToObj(it -> Duration.ofSeconds(101 - it)).toList());
    assertThat(hundred.seconds(50)).isEqualTo(50);
    assertThat(hundred.seconds(99)).isEqualTo(99);
    assertThat(hundred.seconds(100)).isEqualTo(100);
  }

  @Test
  void takeTheSlowestWhereThereAreTooFewForAPercentile() {
    var few = new Durations(List.of(Duration.ofSeconds(3), Duration.ofSeconds(1)));
    assertThat(few.seconds(50)).isEqualTo(1);
    assertThat(few.seconds(99)).isEqualTo(3);
  }

  @Test
  void areNotANumberWhenNothingWasMeasured() {
    assertThat(new Durations(List.of()).seconds(50)).isNaN();
  }
}
