package io.nameplate.domains;

import io.nameplate.certificates.PresentCertificate;
import java.time.Duration;
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
    if (!present.get().usable(now)) {
      return ranOut(present.get(), known);
    }
    if (known.filter(CertificateFindings::renewalFails).isPresent()) {
      return known
          .filter(before -> before.state() == ConditionState.OK && littleLeft(present.get(), now))
          .map(before -> again(before, ConditionState.FAILING));
    }
    var stands =
        known
            .filter(before -> before.state() == ConditionState.OK)
            .filter(before -> before.generation() >= standing.domain().generation())
            .isPresent();
    return stands ? Optional.empty() : Optional.of(valid(present.get()));
  }

  private static Optional<Finding> ranOut(
      PresentCertificate certificate, Optional<Condition> known) {
    if (known.filter(before -> before.reason() == Reason.CERTIFICATE_EXPIRED).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        known
            .filter(CertificateFindings::renewalFails)
            .map(before ->
                expired(
                    certificate,
                    " " + before.message(),
                    before.evidence(),
                    before.who(),
                    before.fix()))
            .orElseGet(() -> expired(certificate)));
  }

  /// Whether the last try at a successor, or at a first one, came to nothing. It is said with the
  /// CA's words until one succeeds.
  static boolean renewalFails(Condition known) {
    return known.reason() == Reason.CERTIFICATE_RENEWING
        || (known.state() == ConditionState.FAILING
            && known.reason() != Reason.CERTIFICATE_EXPIRED);
  }

  /// Whether so little life is left, a sixth, that a renewal which fails becomes people's concern:
  /// half of the third in which it was tried is over.
  private static boolean littleLeft(PresentCertificate certificate, Instant now) {
    var life = Duration.between(certificate.notBefore(), certificate.notAfter());
    return !now.isBefore(certificate.notAfter().minus(life.dividedBy(6)));
  }

  /// Nothing can be ordered yet.
  public static Finding waits() {
    return nobody(
        ConditionState.WAITING, Reason.WAITS_FOR_DNS, "Ordered as soon as the name leads here.");
  }

  /// It is on order.
  static Finding ordered(Standing standing, Instant now) {
    return standing
        .certificate()
        .filter(present -> !present.usable(now))
        .map(present ->
            expired(present, " Another one is ordered.", List.of(), Actor.NOBODY, Optional.empty()))
        .orElseGet(() ->
            nobody(
                ConditionState.WAITING, Reason.CERTIFICATE_ORDERED, "Ordered; the CA is at work."));
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
  private static Finding expired(PresentCertificate certificate) {
    return expired(certificate, "", List.of(), Actor.NOBODY, Optional.empty());
  }

  private static Finding expired(
      PresentCertificate certificate,
      String more,
      List<Evidence> evidence,
      Actor who,
      Optional<Fix> fix) {
    return new Finding(
        ConditionType.CERTIFICATE,
        ConditionState.FAILING,
        Reason.CERTIFICATE_EXPIRED,
        "It ran out at %s.%s".formatted(certificate.notAfter(), more),
        evidence,
        who,
        fix);
  }

  /// The CA gave none, or was not asked.
  static Finding notNow(Standing standing, NotNow why, Instant now) {
    var evidence =
        List.of(
            new Evidence(
                "certificate authority",
                why.problemType().isEmpty() ? "certificate" : why.problemType(),
                why.message(),
                now));
    var fix = why.fix(standing.domain().hostname());
    var present = standing.certificate();
    if (present.filter(certificate -> !certificate.usable(now)).isPresent()) {
      return expired(present.get(), " " + why.message(), evidence, why.who(), fix);
    }
    var hurts = present.filter(certificate -> !littleLeft(certificate, now)).isEmpty();
    var without = why.onlyWaits() && present.isEmpty();
    return new Finding(
        ConditionType.CERTIFICATE,
        without ? ConditionState.WAITING : hurts ? ConditionState.FAILING : ConditionState.OK,
        hurts ? why.reason() : Reason.CERTIFICATE_RENEWING,
        hurts
            ? why.message()
            : "Valid until %s. Its renewal is tried again at %s: %s"
                .formatted(present.get().notAfter(), why.retryAt(), why.message()),
        evidence,
        why.who(),
        fix);
  }

  private static Finding again(Condition known, ConditionState state) {
    return new Finding(
        known.type(),
        state,
        known.reason(),
        known.message(),
        known.evidence(),
        known.who(),
        known.fix());
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
