package io.nameplate.ids;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// UUIDs of version 7 (RFC 9562): a millisecond, then random bits, so that they sort by age.
public final class UuidV7 {
  private UuidV7() {}

  /// A new one, made at `now`.
  public static UUID at(Instant now, RandomGenerator random) {
    long high = (now.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
    long low = (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
