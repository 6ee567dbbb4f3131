package io.nameplate.ids;

import java.util.random.RandomGenerator;

/// Secrets and labels drawn evenly from an alphabet.
public enum RandomText {
  /// Lower-case letters and digits: 5.17 bits a character, so 26 carry 134 bits. Fits a DNS label.
  LABEL("abcdefghijklmnopqrstuvwxyz0123456789"),
  /// Letters and digits: 5.95 bits a character, so 32 carry 190 bits.
  SECRET("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

  private final String alphabet;

  RandomText(String alphabet) {
    this.alphabet = alphabet;
  }

  /// `length` characters; `random` must be a [java.security.SecureRandom] where the text is a
  /// secret.
  public String of(int length, RandomGenerator random) {
    var text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
