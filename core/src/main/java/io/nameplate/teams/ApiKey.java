package io.nameplate.teams;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/// What a program shows to act for a team: `np_live_` and 32 letters and digits (190 bits). Stored
/// as its hash only.
public record ApiKey(String secret) {
  private static final Pattern FORM = Pattern.compile("np_live_[A-Za-z0-9]{32}");
  private static final int SHOWN = "np_live_".length() + 4;

  public ApiKey {
    if (!isOne(secret)) {
      throw new IllegalArgumentException("api key: (expected: np_live_ and 32 letters and digits)");
    }
  }

  /// Whether `text` has the form of a key.
  public static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }

  /// SHA-256; so many random bits need no salt.
  public byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(secret.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /// The part that may be shown, to tell keys apart.
  public String prefix() {
    return secret.substring(0, SHOWN);
  }

  /// Never the secret.
  @Override
  public String toString() {
    return prefix() + "…";
  }
}
