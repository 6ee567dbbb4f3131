package io.nameplate.domains;

import java.util.stream.Collectors;

/// How messages quote what somebody typed: on one line, without control and direction characters,
/// and cut where nobody would read on.
final class TypedText {
  private static final int LONGEST = 80;

  private TypedText() {}

  static String shown(String typed) {
    var clean =
        typed
            .codePoints()
            .limit(LONGEST + 1)
            .map(c -> Character.isISOControl(c) || isInvisible(c) ? '\ufffd' : c)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    boolean cut = clean.codePointCount(0, clean.length()) > LONGEST;
    return "\""
        + (cut ? clean.substring(0, clean.offsetByCodePoints(0, LONGEST)) + "…" : clean)
        + "\"";
  }

  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE
        || type == Character.UNASSIGNED
        || type == Character.PRIVATE_USE;
  }
}
