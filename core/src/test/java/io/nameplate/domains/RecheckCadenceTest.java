package io.nameplate.domains;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecheckCadenceTest {
  private static final Instant BEGUN = Instant.parse("2027-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "PT0S, PT1S",
    "PT59S, PT1S",
    "PT1M, PT5S",
    "PT10M, PT15S",
    "PT1H, PT1M",
    "PT6H, PT5M",
    "PT24H, PT15M",
    "PT167H, PT15M"
  })
  void looksOftenAtFirstAndSlowerLater(Duration age, Duration wait) {
    var now = BEGUN.plus(age);
    assertThat(RecheckCadence.next(BEGUN, BEGUN, now)).contains(now.plus(wait));
  }

  @Test
  void givesUpAfterSevenDays() {
    assertThat(RecheckCadence.next(BEGUN, BEGUN, BEGUN.plus(Duration.ofDays(7)))).isEmpty();
  }

  @Test
  void looksOftenAgainAfterAChange() {
    var changed = BEGUN.plus(Duration.ofDays(3));
    var now = changed.plusSeconds(10);
    assertThat(RecheckCadence.next(changed, BEGUN, now)).contains(now.plusSeconds(1));
  }

  @Test
  void takesFewerThanFifteenHundredLooksInAll() {
    var looks = 0;
    var now = BEGUN;
    for (var next = RecheckCadence.next(BEGUN, BEGUN, now);
        next.isPresent();
        next = RecheckCadence.next(BEGUN, BEGUN, now)) {
      now = next.get();
      looks++;
    }
    assertThat(looks).isEqualTo(1_460);
  }
}
