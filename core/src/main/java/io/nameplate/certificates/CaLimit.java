package io.nameplate.certificates;

import io.nameplate.domains.Hostname;
import java.util.Optional;

/// Whom the patience that a CA asks for concerns. RFC 8555 has one problem type for every limit, so
/// it is read from the sentence, which at Let's Encrypt names the limit; what cannot be told
/// concerns everybody.
public sealed interface CaLimit {
  /// This one name: certificates of exactly it, or failed tries at it.
  record OfName() implements CaLimit {}

  /// A domain and every name below it.
  record OfDomain(Hostname domain) implements CaLimit {}

  /// New orders of the account.
  record OfAccount() implements CaLimit {}

  /// Nobody can tell.
  record Unknown() implements CaLimit {}

  /// What `problem`, met by an order for `name`, tells.
  static CaLimit of(CaProblem problem, Hostname name) {
    return LimitWords.read(problem.detail(), name);
  }

  /// The domain whose names it concerns; empty: the whole account, or the one name.
  default Optional<Hostname> below() {
    return this instanceof OfDomain(var domain) ? Optional.of(domain) : Optional.empty();
  }

  /// Whether an order that names the certificate it replaces (RFC 9773) is free of it. Limits that
  /// are told are for new certificates; one that is not may be for anything.
  default boolean sparesRenewals() {
    return switch (this) {
      case OfName(), OfDomain(_), OfAccount() -> true;
      case Unknown() -> false;
    };
  }
}
