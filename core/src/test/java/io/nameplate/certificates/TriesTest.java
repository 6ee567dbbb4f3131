package io.nameplate.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriesTest {
  private static final Instant FAILED = Instant.parse("2027-01-01T00:00:00Z");

  @Test
  void mayBeginAtOnce() {
    assertThat(Tries.none().nextFrom(FAILED)).isEqualTo(FAILED);
  }

  @ParameterizedTest
  @CsvSource({"1, PT1M", "2, PT10M", "3, PT100M", "4, P1D", "33, P1D"})
  void waitsLongerAfterEachFailure(int inARow, Duration wait) {
    var tries = new Tries(List.of(FAILED), inARow, Optional.of(FAILED));
    assertThat(tries.nextFrom(FAILED)).isEqualTo(FAILED.plus(wait));
  }

  @Test
  void countsFailuresOfOthersAtTheSameNameAgainstTheLimitOnly() {
    var tries = new Tries(List.of(FAILED), 0, Optional.empty());
    assertThat(tries.nextFrom(FAILED)).isEqualTo(FAILED);
  }

  @Test
  void waitsUntilTheOldestOfThirtyFourIsThirtyDaysOld() {
    var failed = new ArrayList<Instant>();
    for (int i = 0; i < Tries.LIMIT; i++) {
      failed.add(FAILED.plus(Duration.ofHours(i)));
    }
    var tries = new Tries(failed, 0, Optional.empty());
    var now = FAILED.plus(Duration.ofDays(2));
    assertThat(tries.usedUp(now)).isTrue();
    assertThat(tries.nextFrom(now)).isEqualTo(FAILED.plus(Duration.ofDays(30)));
    assertThat(tries.usedUp(FAILED.plus(Duration.ofDays(30)))).isFalse();
  }

  @Test
  void triesAFailingNameThirtyFourTimesInThirtyDaysAtMost() {
    var failed = new ArrayList<Instant>();
    var now = FAILED;
    var end = FAILED.plus(Tries.SPAN);
    while (now.isBefore(end)) {
      failed.add(now);
      now = new Tries(failed, failed.size(), Optional.of(now)).nextFrom(now);
    }
    assertThat(failed).hasSizeBetween(33, 34);
  }
}
