package io.nameplate.sandbox.acme;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What can go wrong at a CA.
public enum AcmeFault {
  /// 429, problem `rateLimited`, with `Retry-After`.
  RATE_LIMITED(429, "rateLimited"),
  /// 503 with `Retry-After`, as a load balancer gives it: no problem document.
  UNAVAILABLE(503, ""),
  /// Problem `caa`: the CA read records that forbid it.
  CAA(403, "caa"),
  /// Problem `dns`: the CA could not look the name up.
  DNS(400, "dns"),
  /// Problem `unauthorized`: the challenge's answer was wrong.
  UNAUTHORIZED(403, "unauthorized"),
  /// Problem `serverInternal`.
  SERVER_INTERNAL(500, "serverInternal"),
  /// Carried out and answered late.
  SLOW(0, ""),
  /// Carried out; then the connection is closed in place of an answer.
  REPLY_LOST(0, ""),
  /// The connection is closed before anything was done.
  REQUEST_LOST(0, ""),
  /// A certificate that does not fit the order, of a chain that is right in itself.
  WRONG_CERTIFICATE(0, "");

  private final int status;
  private final String problem;

  AcmeFault(int status, String problem) {
    this.status = status;
    this.problem = problem;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  int status() {
    return status;
  }

  /// The problem's type without its prefix, empty where there is none.
  String problem() {
    return problem;
  }

  /// The operation that meets it if none is named, empty for all.
  public Optional<AcmeOperation> usualOperation() {
    return switch (this) {
      case CAA -> Optional.of(AcmeOperation.FINALIZE);
      case DNS, UNAUTHORIZED -> Optional.of(AcmeOperation.AUTHORIZATION);
      case WRONG_CERTIFICATE -> Optional.of(AcmeOperation.CERTIFICATE);
      case RATE_LIMITED, UNAVAILABLE, SERVER_INTERNAL, SLOW, REPLY_LOST, REQUEST_LOST ->
          Optional.empty();
    };
  }

  /// By its word, or by its problem as RFC 8555 spells it (`serverInternal`).
  public static Optional<AcmeFault> of(String word) {
    return Arrays.stream(values())
        .filter(fault -> fault.word().equals(word) || fault.problem.equals(word))
        .filter(_ -> !word.isEmpty())
        .findFirst();
  }

  /// All words, for messages.
  public static String words() {
    return Arrays.stream(values()).map(AcmeFault::word).collect(Collectors.joining(", "));
  }
}
