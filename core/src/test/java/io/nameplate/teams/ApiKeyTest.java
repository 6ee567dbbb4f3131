package io.nameplate.teams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ApiKeyTest {
  private static final String SECRET = "np_live_0123456789ABCDEFabcdef0123456789";

  @Test
  void takesOnlyItsOwnForm() {
    assertThat(ApiKey.isOne(SECRET)).isTrue();
    assertThatThrownBy(() -> new ApiKey(SECRET + "0")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ApiKey("np_test_" + SECRET.substring(8)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void showsFourCharactersAndNeverTheSecret() {
    assertThat(new ApiKey(SECRET)).hasToString("np_live_0123…");
    assertThatThrownBy(() -> new ApiKey("np_live_secret")).message().doesNotContain("secret");
  }

  @Test
  void isWorthNothingFromItsExpiryOn() {
    var expiry = Instant.parse("2027-01-01T00:00:00Z");
    var caller = new Caller(new TeamId(new UUID(0, 1)), "acme", Set.of(), Optional.of(expiry));
    assertThat(caller.goodAt(expiry.minusNanos(1))).isTrue();
    assertThat(caller.goodAt(expiry)).isFalse();
  }
}
