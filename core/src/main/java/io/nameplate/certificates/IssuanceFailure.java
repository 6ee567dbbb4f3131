package io.nameplate.certificates;

import io.nameplate.domains.Reason;

/// Why one try at a certificate failed for good; the next try is another order. The CA's own faults
/// are no failures of a try: see [CaFault].
///
/// @param kind from a closed list
/// @param problem in the CA's words
public record IssuanceFailure(Kind kind, CaProblem problem) {
  // A CA that was restarted between each of seven steps loses as many.
  private static final int LOST_FOR_FREE = 8;

  /// The closed list.
  public enum Kind {
    /// The CA asked the name for the answer and did not get it.
    VALIDATION(Reason.CA_VALIDATION_FAILED),
    /// A CAA record forbids this CA (RFC 8659).
    CAA(Reason.CA_CAA_FORBIDS),
    /// The CA could not look the name up.
    DNS(Reason.CA_SAW_DNS_FAILURE),
    /// The CA's policy does not allow the name.
    IDENTIFIER(Reason.CA_REFUSED_IDENTIFIER),
    /// The CA did not take the order, the CSR or the account.
    ORDER(Reason.CA_REFUSED_ORDER),
    /// The CA failed in the middle and closed the order.
    CA(Reason.CA_UNAVAILABLE),
    /// What the CA sent does not fit name, key or dates, or is no chain.
    WRONG_CERTIFICATE(Reason.CA_SENT_WRONG_CERTIFICATE),
    /// The CA does not know the order any longer.
    LOST(Reason.CA_UNAVAILABLE),
    /// The domain was removed meanwhile.
    GIVEN_UP(Reason.REMOVED);

    private final Reason reason;

    Kind(Reason reason) {
      this.reason = reason;
    }

    public Reason reason() {
      return reason;
    }
  }

  /// The failure that a problem in an authorization, or the CA's refusal, amounts to.
  public static IssuanceFailure of(CaProblem problem) {
    var kind =
        switch (problem.type()) {
          case "connection", "incorrectResponse", "tls", "unauthorized" -> Kind.VALIDATION;
          case "caa" -> Kind.CAA;
          case "dns" -> Kind.DNS;
          case "rejectedIdentifier", "unsupportedIdentifier" -> Kind.IDENTIFIER;
          case "serverInternal", "rateLimited" -> Kind.CA;
          default -> Kind.ORDER;
        };
    return new IssuanceFailure(kind, problem);
  }

  /// The CA refused the order before it looked at the name: `unauthorized` is about the account
  /// here.
  public static IssuanceFailure refused(CaProblem problem) {
    var failure = of(problem);
    return failure.kind == Kind.VALIDATION ? new IssuanceFailure(Kind.ORDER, problem) : failure;
  }

  /// The CA does not know the order.
  public static IssuanceFailure lost() {
    return new IssuanceFailure(
        Kind.LOST,
        new CaProblem("", "The certificate authority does not know the order any longer."));
  }

  /// Nobody wants the certificate any longer.
  public static IssuanceFailure givenUp() {
    return new IssuanceFailure(Kind.GIVEN_UP, new CaProblem("", "The domain was removed."));
  }

  /// The CA sent something that must not be used.
  public static IssuanceFailure wrongCertificate(String why) {
    return new IssuanceFailure(Kind.WRONG_CERTIFICATE, new CaProblem("", why));
  }

  /// Whether it counts as a failed try at the name.
  ///
  /// @param lostLately how many tries at the domain the CA lost within the last hour: a CA that
  ///   loses everything must not be ordered from without end
  public boolean counts(int lostLately) {
    return switch (kind) {
      case GIVEN_UP -> false;
      case LOST -> lostLately >= LOST_FOR_FREE;
      case VALIDATION, CAA, DNS, IDENTIFIER, ORDER, CA, WRONG_CERTIFICATE -> true;
    };
  }

  public Reason reason() {
    return kind.reason();
  }

  /// One sentence for people.
  public String message() {
    var said = problem.toString();
    return switch (kind) {
      case VALIDATION ->
          "The certificate authority asked the name for the proof and did not get it: " + said;
      case CAA -> "A CAA record forbids the certificate authority to issue: " + said;
      case DNS -> "The certificate authority could not look the name up: " + said;
      case IDENTIFIER -> "The certificate authority does not issue for this name: " + said;
      case ORDER -> "The certificate authority refused the order: " + said;
      case CA -> "The certificate authority failed while it worked on the order: " + said;
      case WRONG_CERTIFICATE ->
          "The certificate authority sent a certificate that must not be used: " + said;
      case LOST, GIVEN_UP -> said;
    };
  }
}
