package io.nameplate.sandbox.tcp;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a network does with connections.
public enum TcpMode {
  /// Passes everything on, late if a delay is set.
  PASS,
  /// Resets the connections there are, and every new one.
  CUT,
  /// What the client sends arrives; what comes back waits until the mode changes.
  HALF_OPEN,
  /// Connections stay open; what either side sends waits until the mode changes.
  BLACK_HOLE;

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean passesToTarget() {
    return this == PASS || this == HALF_OPEN;
  }

  boolean passesBack() {
    return this == PASS;
  }

  public static Optional<TcpMode> of(String word) {
    return Arrays.stream(values()).filter(mode -> mode.word().equals(word)).findFirst();
  }

  /// All words, for messages.
  public static String words() {
    return Arrays.stream(values()).map(TcpMode::word).collect(Collectors.joining(", "));
  }
}
