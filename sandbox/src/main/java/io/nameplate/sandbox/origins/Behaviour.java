package io.nameplate.sandbox.origins;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How an origin behaves.
///
/// @param isUp whether it talks at all: one that is down closes every connection
/// @param status null for the one of its nature
public record Behaviour(boolean isUp, @Nullable Integer status, Duration delay) {
  static final Duration SLOW = Duration.ofSeconds(2);

  /// By nature.
  public static Behaviour of(Origin origin) {
    return new Behaviour(
        true, origin == Origin.FAILING ? 500 : null, origin == Origin.SLOW ? SLOW : Duration.ZERO);
  }
}
