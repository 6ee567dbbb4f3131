package io.nameplate.certificates;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/// An authorization as the CA shows it (RFC 8555 §7.1.4), with its HTTP-01 challenge.
///
/// @param challenge empty when the CA offers no HTTP-01
/// @param error what the CA saw when it looked, once it failed
/// @param retryAfter when the CA wants to be asked again; empty when it did not say
public record Authorization(
    Status status,
    Optional<Challenge> challenge,
    Optional<CaProblem> error,
    Optional<Instant> retryAfter) {

  /// RFC 8555 §7.1.6, as far as it matters here.
  public enum Status {
    PENDING,
    VALID,
    /// Invalid, deactivated, expired or revoked.
    INVALID
  }

  /// HTTP-01 (RFC 8555 §8.3).
  ///
  /// @param value what is to be answered: the key authorization
  /// @param told whether the CA was told already that the answer is there
  public record Challenge(URI url, String token, String value, boolean told) {}
}
