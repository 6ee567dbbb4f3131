package io.nameplate.certificates;

import io.nameplate.domains.Hostname;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A CA that speaks ACME (RFC 8555), one exchange per call. Every method may throw [CaFault]; then
/// nothing is known about whether the CA did what was asked. Safe for use by many threads.
public interface CertificateAuthority {

  /// Where its directory is; names the CA in rows.
  URI directory();

  /// Orders. Not idempotent: after a lost reply look into [#orders] first.
  OrderReply newOrder(Wish wish);

  /// How an order stands.
  OrderReply order(URI url);

  /// How an authorization stands; empty when the CA does not know it.
  Optional<Authorization> authorization(URI url);

  /// Says that the answer is in place. Telling twice does no harm.
  void tell(Authorization.Challenge challenge);

  /// Hands the CSR in. Only for an order that is ready.
  OrderReply finalizeOrder(Order order, byte[] csr);

  /// The chain, PEM, leaf first; empty when the CA does not know the certificate.
  Optional<String> download(URI certificate);

  /// The account's orders, in the CA's order, as far as it lists them: empty when it keeps no such
  /// list (RFC 8555 §7.1.2.1).
  ///
  /// @param eachPage run as each page has come: there may be many
  List<URI> orders(Runnable eachPage);

  /// The renewal window of a certificate; empty when the CA has no renewal information or does not
  /// know the certificate.
  Optional<RenewalInfo> renewalInfo(String chainPem);

  /// What is to be ordered.
  ///
  /// @param profile asked for when the CA offers it
  /// @param replaces the chain of the certificate that this one replaces (RFC 9773 §5), PEM
  record Wish(Hostname hostname, Optional<String> profile, Optional<String> replaces) {}

  /// RFC 9773 §4.2.
  ///
  /// @param retryAfter when to ask again; empty when the CA did not say
  record RenewalInfo(RenewalWindow window, Optional<Instant> retryAfter) {}
}
