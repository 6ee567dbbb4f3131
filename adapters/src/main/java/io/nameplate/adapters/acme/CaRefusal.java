package io.nameplate.adapters.acme;

import io.nameplate.certificates.CaProblem;
import java.io.Serial;

/// The CA understood and said no.
final class CaRefusal extends Exception {
  @Serial private static final long serialVersionUID = 1;
  private static final int NOT_FOUND = 404;

  private final transient CaProblem problem;
  private final int status;

  CaRefusal(CaProblem problem, int status, Throwable cause) {
    super(problem.toString(), cause);
    this.problem = problem;
    this.status = status;
  }

  CaProblem problem() {
    return problem;
  }

  /// The CA does not know what was asked about.
  boolean notFound() {
    return status == NOT_FOUND;
  }
}
