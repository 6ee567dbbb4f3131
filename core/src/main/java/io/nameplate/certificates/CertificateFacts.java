package io.nameplate.certificates;

import java.time.Instant;

/// What may be told about a certificate.
///
/// @param renewFrom when it is replaced at the earliest
/// @param sha256 of the leaf in DER form, hex, lower case
public record CertificateFacts(
    CertificateId id,
    String issuer,
    String serial,
    Instant notBefore,
    Instant notAfter,
    Instant renewFrom,
    String sha256) {}
