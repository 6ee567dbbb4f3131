package io.nameplate.sdk;

import java.time.Instant;
import java.util.Optional;

/// The certificate a domain is served with.
///
/// @param renewFrom when it is to be replaced; empty until the CA's window is known
public record Certificate(
    String id,
    String issuer,
    String serial,
    Instant notBefore,
    Instant notAfter,
    Optional<Instant> renewFrom,
    String fingerprintSha256) {}
