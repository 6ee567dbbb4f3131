package io.nameplate.ids;

import java.util.UUID;

/// How ids are shown: a prefix that tells the kind, an underscore, and the UUID's 128 bits as 26
/// characters of Crockford's base 32 in lower case. UUIDv7 (RFC 9562) begins with its time, so
/// shown ids sort by age too.
public record PrefixedId(String prefix) {
  private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int LENGTH = 26;

  /// The shown form of `uuid`.
  public String show(UUID uuid) {
    var shown = new char[LENGTH];
    long high = uuid.getMostSignificantBits();
    long low = uuid.getLeastSignificantBits();
    for (int i = LENGTH - 1; i >= 0; i--) {
      shown[i] = DIGITS.charAt((int) (low & 31));
      low = (low >>> 5) | (high << 59);
      high >>>= 5;
    }
    return prefix + "_" + new String(shown);
  }

  /// The UUID behind a shown form; the only form accepted is the one [#show] makes.
  ///
  /// @throws IllegalArgumentException if `shown` is not an id of this kind
  public UUID parse(String shown) {
    var start = prefix.length() + 1;
    if (shown.length() != start + LENGTH || !shown.startsWith(prefix + "_")) {
      throw notAnId(shown);
    }
    long high = 0;
    long low = 0;
    for (int i = start; i < shown.length(); i++) {
      int digit = DIGITS.indexOf(shown.charAt(i));
      if (digit < 0 || (i == start && digit > 7)) {
        throw notAnId(shown);
      }
      high = (high << 5) | (low >>> 59);
      low = (low << 5) | digit;
    }
    return new UUID(high, low);
  }

  private IllegalArgumentException notAnId(String shown) {
    return new IllegalArgumentException(
        "id: \"%s\" (expected: %s_ and %d letters and digits)".formatted(shown, prefix, LENGTH));
  }
}
