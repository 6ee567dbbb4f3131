package io.nameplate.certificates;

import io.nameplate.domains.Hostname;
import io.nameplate.domains.Reason;
import java.io.Serial;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The CA could not be asked, or would not answer now: the same request is worth repeating later.
public final class CaFault extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient CaProblem problem;
  private final @Nullable Instant retryAfter;

  /// @param retryAfter when the CA said to come back; empty when it did not
  public CaFault(CaProblem problem, Optional<Instant> retryAfter, @Nullable Throwable cause) {
    super(problem.toString(), cause);
    this.problem = problem;
    this.retryAfter = retryAfter.orElse(null);
  }

  public CaProblem problem() {
    return problem;
  }

  public Optional<Instant> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  public Reason reason() {
    return problem.is("rateLimited") ? Reason.CA_RATE_LIMITED : Reason.CA_UNAVAILABLE;
  }

  /// Whom it concerns, met by an order for `name`.
  public CaLimit limit(Hostname name) {
    return CaLimit.of(problem, name);
  }

  /// One sentence for people.
  public String sentence() {
    return reason() == Reason.CA_RATE_LIMITED
        ? "The certificate authority limits how often it is asked: " + problem
        : "The certificate authority does not answer as it should: " + problem;
  }
}
