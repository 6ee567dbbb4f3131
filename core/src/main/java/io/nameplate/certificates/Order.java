package io.nameplate.certificates;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An order as the CA shows it (RFC 8555 §7.1.3).
///
/// @param names the DNS names it is for
/// @param authorizations where its authorizations are
/// @param certificate where the certificate is; present when valid
/// @param error why it is invalid, when the CA says so
/// @param retryAfter when the CA wants to be asked again; empty when it did not say
public record Order(
    URI url,
    Status status,
    List<String> names,
    List<URI> authorizations,
    URI finalizeUrl,
    Optional<URI> certificate,
    Optional<CaProblem> error,
    Optional<Instant> retryAfter) {

  public Order {
    names = List.copyOf(names);
    authorizations = List.copyOf(authorizations);
  }

  /// RFC 8555 §7.1.6.
  public enum Status {
    PENDING,
    READY,
    PROCESSING,
    VALID,
    INVALID
  }
}
