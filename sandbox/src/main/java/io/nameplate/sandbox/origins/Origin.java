package io.nameplate.sandbox.origins;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The servers a domain can be pointed at, each with its own nature.
public enum Origin {
  /// Answers at once with a line of text.
  PLAIN(0),
  /// The same over HTTPS.
  TLS(1),
  /// Answers with what it was sent, as JSON.
  ECHO(2),
  /// Sends every WebSocket message back.
  WEBSOCKET(3),
  /// Answers after two seconds, or after `?ms=`.
  SLOW(4),
  /// Answers 500.
  FAILING(5);

  private final int place;

  Origin(int place) {
    this.place = place;
  }

  /// Its port, where that is the first one's.
  public int port(int firstPort) {
    return firstPort + place;
  }

  /// As it appears in names and headers.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Its name in the sandbox's DNS.
  public String hostname() {
    return word() + ".origins.sandbox";
  }

  public static Optional<Origin> of(String word) {
    return Arrays.stream(values()).filter(origin -> origin.word().equals(word)).findFirst();
  }
}
