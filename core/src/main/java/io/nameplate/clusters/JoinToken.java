package io.nameplate.clusters;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/// With it a node joins a cluster, once: `npj_<secret>.<pin>`. Stored as the hash of its secret
/// only.
///
/// @param secret 32 letters and digits
/// @param pin SHA-256 of the edge listener's certificate, base64url without padding: the node
///   accepts that one alone
public record JoinToken(String secret, String pin) {
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9]{32}");
  private static final Pattern PIN = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final String PREFIX = "npj_";

  public JoinToken {
    if (!SECRET.matcher(secret).matches() || !PIN.matcher(pin).matches()) {
      throw new IllegalArgumentException("join token: (expected: npj_<secret>.<pin>)");
    }
  }

  /// Reads the shown form.
  ///
  /// @throws IllegalArgumentException if it is not one
  public static JoinToken parse(String shown) {
    var dot = shown.indexOf('.');
    if (!shown.startsWith(PREFIX) || dot < 0) {
      throw new IllegalArgumentException("join token: (expected: npj_<secret>.<pin>)");
    }
    return new JoinToken(shown.substring(PREFIX.length(), dot), shown.substring(dot + 1));
  }

  /// What is stored of it.
  public byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(secret.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  /// The form a node is given.
  public String shown() {
    return PREFIX + secret + "." + pin;
  }

  /// Never the secret.
  @Override
  public String toString() {
    return "JoinToken[…]";
  }
}
