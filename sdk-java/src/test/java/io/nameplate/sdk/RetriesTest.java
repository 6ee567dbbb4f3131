package io.nameplate.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetriesTest {

  private static final Retries FOUR =
      new Retries(4, Duration.ofMillis(200), Duration.ofSeconds(20));
  private static final Optional<Duration> NOT_SAID = Optional.empty();

  @Test
  void doublesThePauseWithEachRetry() {
    assertThat(FOUR.pauseAfter(1, NOT_SAID, 0)).contains(Duration.ofMillis(100));
    assertThat(FOUR.pauseAfter(2, NOT_SAID, 0)).contains(Duration.ofMillis(200));
    assertThat(FOUR.pauseAfter(4, NOT_SAID, 0)).contains(Duration.ofMillis(800));
  }

  @Test
  void takesHalfOfThePauseFromChance() {
    assertThat(FOUR.pauseAfter(1, NOT_SAID, 0.5)).contains(Duration.ofMillis(150));
  }

  @Test
  void givesUpAfterTheLastRetry() {
    assertThat(FOUR.pauseAfter(5, NOT_SAID, 0)).isEmpty();
  }

  @Test
  void waitsAtLeastAsLongAsTheServerAsks() {
    assertThat(FOUR.pauseAfter(1, Optional.of(Duration.ofSeconds(7)), 0))
        .contains(Duration.ofMillis(7025));
  }

  @Test
  void givesUpAtOnceWhenTheServerAsksForTooMuch() {
    assertThat(FOUR.pauseAfter(1, Optional.of(Duration.ofSeconds(21)), 0)).isEmpty();
  }

  @Test
  void neverPausesLongerThanTheLongest() {
    var many = new Retries(20, Duration.ofMillis(200), Duration.ofSeconds(20));
    assertThat(many.pauseAfter(20, NOT_SAID, 0)).contains(Duration.ofSeconds(10));
  }

  @Test
  void takesAConflictForRunningStillOnlyIfItNamesATime() {
    assertThat(Retries.isLater(409, true)).isTrue();
    assertThat(Retries.isLater(409, false)).isFalse();
  }
}
