package io.nameplate.sandbox.dns;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What can be wrong with the DNS of a name.
public enum DnsFault {
  /// Both servers answer SERVFAIL.
  SERVFAIL,
  /// Neither server answers, by UDP or TCP.
  TIMEOUT,
  /// Both servers answer REFUSED.
  REFUSED,
  /// The servers the parent names do not know the zone and refer back to the root.
  LAME,
  /// Answers by UDP are always cut short, so that clients must ask again by TCP.
  TRUNCATE,
  /// The names are gone and back in turns, correctly signed either way.
  FLAP,
  /// Signatures do not verify. The data itself stays right, as with an expired key.
  BOGUS,
  /// The second server gives other values than the first, correctly signed.
  DISAGREE,
  /// The zone lists other name servers than its parent does.
  PARENT_MISMATCH;

  /// As it is written in commands: lower case with hyphens.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The fault of that word, empty for a word that is none (`none` included).
  public static Optional<DnsFault> of(String word) {
    return Arrays.stream(values()).filter(fault -> fault.word().equals(word)).findFirst();
  }

  /// All words, for messages.
  public static String words() {
    return Arrays.stream(values()).map(DnsFault::word).collect(Collectors.joining(", ")) + ", none";
  }

  /// Whether it is a property of the zone, so that one for a name in the zone is the whole zone's.
  boolean concernsWholeZone() {
    return switch (this) {
      case LAME, PARENT_MISMATCH -> true;
      case SERVFAIL, TIMEOUT, REFUSED, TRUNCATE, FLAP, BOGUS, DISAGREE -> false;
    };
  }
}
