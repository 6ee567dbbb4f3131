package io.nameplate.certificates;

import io.nameplate.domains.DomainId;
import io.nameplate.domains.Hostname;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/// One try at a certificate, as its row says.
///
/// @param certificate the id the certificate will have; its sealed key names it
/// @param directory the CA's
/// @param replaces the certificate it takes the place of (RFC 9773)
/// @param csr PKCS #10, DER
/// @param orderSentAt when an order was last sent; without an URL its reply may be lost
/// @param problem what the CA said last; empty: nothing bad
/// @param retryAfter not to go on before; empty: at once
public record Issuance(
    IssuanceId id,
    DomainId domain,
    CertificateId certificate,
    Hostname hostname,
    URI directory,
    IssuanceState state,
    Optional<String> profile,
    Optional<CertificateId> replaces,
    Csr csr,
    Optional<URI> orderUrl,
    Optional<Instant> orderSentAt,
    Optional<CaProblem> problem,
    Optional<Instant> retryAfter,
    Instant createdAt) {

  /// Whether it can still become a certificate.
  public boolean open() {
    return state != IssuanceState.ISSUED && state != IssuanceState.FAILED;
  }
}
