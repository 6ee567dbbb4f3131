package io.nameplate.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetryAfterTest {

  private static Optional<Duration> in(String retryAfter) {
    return RetryAfter.in(
        HttpHeaders.of(
            Map.of(
                "Retry-After",
                List.of(retryAfter),
                "Date",
                List.of("Sun, 01 Nov 2026 10:00:00 GMT")),
            (name, value) -> true));
  }

  @Test
  void readsSeconds() {
    assertThat(in("120")).contains(Duration.ofMinutes(2));
  }

  @Test
  void readsADateByTheServersOwnClock() {
    assertThat(in("Sun, 01 Nov 2026 11:00:00 GMT")).contains(Duration.ofHours(1));
  }

  @Test
  void takesADateThatHasPassedForNow() {
    assertThat(in("Sun, 01 Nov 2026 09:00:00 GMT")).contains(Duration.ZERO);
  }

  @Test
  void takesNonsenseForAbsent() {
    assertThat(in("soon")).isEmpty();
    assertThat(in("-5")).isEmpty();
  }
}
