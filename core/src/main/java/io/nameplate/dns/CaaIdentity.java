package io.nameplate.dns;

import java.util.Locale;
import java.util.Optional;

/// How a CA is named in CAA records (RFC 8659 §4.2).
///
/// @param domain the CA's identifying domain, such as `letsencrypt.org`
/// @param accountUri our account at it (RFC 8657); empty: not made yet, a record that asks for an
///   account then forbids
public record CaaIdentity(String domain, Optional<String> accountUri) {
  public CaaIdentity {
    domain = domain.toLowerCase(Locale.ROOT);
  }

  /// A CA at which no account is known.
  public static CaaIdentity of(String domain) {
    return new CaaIdentity(domain, Optional.empty());
  }
}
