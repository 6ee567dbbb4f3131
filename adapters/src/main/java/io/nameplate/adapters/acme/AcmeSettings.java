package io.nameplate.adapters.acme;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How a CA is reached.
///
/// @param directory the CA's directory (RFC 8555 §7.1.1), http or https
/// @param trustFile PEM with the roots that the CA's own web server is trusted by, and no others;
///   empty: those of the JDK
/// @param contact an address of the account's owner, such as `mailto:ops@example.net`; empty: none
/// @param sessions how many exchanges run at once; each session is serial
/// @param timeout of one exchange
public record AcmeSettings(
    URI directory,
    Optional<Path> trustFile,
    Optional<URI> contact,
    int sessions,
    Duration timeout) {

  /// Eight sessions, 15 seconds, which is half of the steps' heartbeat time-out. Two cores are busy
  /// with fewer; a CA that is slow for one name must not stop the others.
  public static AcmeSettings of(URI directory, Optional<Path> trustFile) {
    return new AcmeSettings(directory, trustFile, Optional.empty(), 8, Duration.ofSeconds(15));
  }

  public AcmeSettings {
    if (!"https".equals(directory.getScheme()) && !"http".equals(directory.getScheme())) {
      throw new IllegalArgumentException(
          "acme.directory-url: \"%s\" (expected: https://…)".formatted(directory));
    }
    if (sessions < 1) {
      throw new IllegalArgumentException(
          "acme.sessions: %d (expected: at least 1)".formatted(sessions));
    }
  }
}
