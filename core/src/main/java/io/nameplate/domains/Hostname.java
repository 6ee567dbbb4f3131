package io.nameplate.domains;

import java.util.regex.Pattern;

/// A checked DNS name in ASCII, other scripts as A-labels (RFC 5890): lower case, no trailing dot.
/// Whether a team may claim it is decided elsewhere.
public record Hostname(String ascii) {
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

  public Hostname {
    if (!NAME.matcher(ascii).matches()) {
      throw new IllegalArgumentException(
          "hostname: \"%s\" (expected: lower-case labels joined by dots)".formatted(ascii));
    }
  }

  @Override
  public String toString() {
    return ascii;
  }
}
