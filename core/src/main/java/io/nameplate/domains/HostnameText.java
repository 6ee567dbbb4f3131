package io.nameplate.domains;

import com.ibm.icu.text.IDNA;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A typed name brought into its ASCII form by UTS #46, non-transitional: `Straße.DE.` becomes
/// `xn--strae-oqa.de`.
///
/// @param ascii lower case, A-labels, without a trailing dot; meaningless if there are `errors`
record HostnameText(String ascii, Set<IDNA.Error> errors) {
  private static final IDNA UTS46 =
      IDNA.getUTS46Instance(
          IDNA.NONTRANSITIONAL_TO_ASCII
              | IDNA.NONTRANSITIONAL_TO_UNICODE
              | IDNA.CHECK_BIDI
              | IDNA.CHECK_CONTEXTJ
              | IDNA.USE_STD3_RULES);

  /// What `inet_aton` and browsers take for one part of an IPv4 address: decimal, octal,
  /// hexadecimal.
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9A-Fa-f]*");

  static HostnameText of(String typed) {
    var info = new IDNA.Info();
    var ascii = UTS46.nameToASCII(typed, new StringBuilder(), info).toString();
    var errors = EnumSet.noneOf(IDNA.Error.class);
    errors.addAll(info.getErrors());
    return new HostnameText(
        ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii, errors);
  }

  static String unicode(String ascii) {
    return UTS46.nameToUnicode(ascii, new StringBuilder(), new IDNA.Info()).toString();
  }

  /// Whether software would read it as an IPv4 address, right or wrong: the last label is a number.
  static boolean endsInNumber(String name) {
    return NUMBER.matcher(name.substring(name.lastIndexOf('.') + 1)).matches();
  }

  /// Whether the last label begins with a digit, as no top-level domain does: WHATWG's URLs take it
  /// for a broken address when it is a number, and RFC 3986's parsers when it is not.
  static boolean endsLikeANumber(String name) {
    var last = name.substring(name.lastIndexOf('.') + 1);
    return !last.isEmpty() && last.charAt(0) >= '0' && last.charAt(0) <= '9';
  }

  /// The IPv4 address in dotted decimal that `inet_aton` makes of it; empty if it makes none.
  static Optional<String> asIpv4(String name) {
    var parts = name.split("\\.", -1);
    if (parts.length > 4) {
      return Optional.empty();
    }
    long address = 0;
    for (int i = 0; i < parts.length; i++) {
      var part = number(parts[i]);
      int bytes = i == parts.length - 1 ? 4 - i : 1; // the last part fills what is left
      if (part < 0 || part >= 1L << (8 * bytes)) {
        return Optional.empty();
      }
      address = (address << (8 * bytes)) | part;
    }
    return Optional.of(
        "%d.%d.%d.%d"
            .formatted(
                (address >> 24) & 0xff,
                (address >> 16) & 0xff,
                (address >> 8) & 0xff,
                address & 0xff));
  }

  /// -1 if it is no number, or too large for one.
  private static long number(String part) {
    if (!NUMBER.matcher(part).matches() || part.length() > 14) {
      return -1;
    }
    try {
      if (part.startsWith("0x") || part.startsWith("0X")) {
        return part.length() == 2 ? 0 : Long.parseLong(part.substring(2), 16);
      }
      return part.startsWith("0") && part.length() > 1
          ? Long.parseLong(part.substring(1), 8)
          : Long.parseLong(part);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
