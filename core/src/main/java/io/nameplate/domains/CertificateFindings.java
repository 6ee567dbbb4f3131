package io.nameplate.domains;

import io.nameplate.certificates.PresentCertificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is said about a domain's certificate.
public final class CertificateFindings {
  private CertificateFindings() {}

  /// What a look that orders nothing has to say: that it waits, that it ran out. Empty: what is
  /// known stands.
  static Optional<Finding> whileNothingIsOrdered(Standing standing, Instant now) {
    var known = standing.condition(ConditionType.CERTIFICATE);
    var present = standing.certificate();
    if (present.isEmpty()) {
      return known.isPresent() ? Optional.empty() : Optional.of(waits());
    }
    if (present.get().usable(now)) {
      return known
              .filter(before ->
                  before.reason() != Reason.CERTIFICATE_EXPIRED
                      && before.state() != ConditionState.WAITING)
              .isPresent()
          ? Optional.empty()
          : Optional.of(valid(present.get()));
    }
    return Optional.of(expired(present.get()));
  }

  /// Nothing can be ordered yet.
  public static Finding waits() {
    return nobody(
        ConditionState.WAITING, Reason.WAITS_FOR_DNS, "Ordered as soon as the name leads here.");
  }

  /// It is on order.
  public static Finding ordered() {
    return nobody(
        ConditionState.WAITING, Reason.CERTIFICATE_ORDERED, "Ordered; the CA is at work.");
  }

  /// It is there.
  public static Finding valid(PresentCertificate certificate) {
    return nobody(
        ConditionState.OK,
        Reason.CERTIFICATE_VALID,
        "Valid until %s, renewed from %s."
            .formatted(certificate.notAfter(), certificate.renewFrom()));
  }

  /// It ran out.
  public static Finding expired(PresentCertificate certificate) {
    return new Finding(
        ConditionType.CERTIFICATE,
        ConditionState.FAILING,
        Reason.CERTIFICATE_EXPIRED,
        "It ran out at %s.".formatted(certificate.notAfter()),
        List.of(),
        Actor.NOBODY,
        Optional.empty());
  }

  /// The CA gave none, or was not asked.
  public static Finding notNow(Reason reason, String message) {
    var who =
        switch (reason) {
          case CA_VALIDATION_FAILED, CA_CAA_FORBIDS, CA_SAW_DNS_FAILURE -> Actor.CUSTOMER;
          case CA_REFUSED_IDENTIFIER, TRIES_USED_UP, CA_REFUSED_ORDER -> Actor.OPERATOR;
          default -> Actor.NOBODY;
        };
    return new Finding(
        ConditionType.CERTIFICATE,
        ConditionState.FAILING,
        reason,
        message,
        List.of(),
        who,
        Optional.empty());
  }

  private static Finding nobody(ConditionState state, Reason reason, String message) {
    return new Finding(
        ConditionType.CERTIFICATE,
        state,
        reason,
        message,
        List.of(),
        Actor.NOBODY,
        Optional.empty());
  }
}
