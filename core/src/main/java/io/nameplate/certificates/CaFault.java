package io.nameplate.certificates;

import io.nameplate.domains.Hostname;
import io.nameplate.domains.Reason;
import java.io.Serial;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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

  /// Whether it is about the account or the whole CA, and not about one name: CAs limit both with
  /// the same type, and name the name, or the registrable domain above it, in the sentence.
  public boolean concernsAll(Hostname name) {
    var words = problem.detail().toLowerCase(Locale.ROOT);
    var labels = List.of(name.ascii().split("\\.", -1));
    var registrable =
        String.join(".", labels.subList(Math.max(0, labels.size() - 2), labels.size()));
    return !words.contains(name.ascii()) && !words.contains(registrable);
  }

  /// One sentence for people.
  public String sentence() {
    return reason() == Reason.CA_RATE_LIMITED
        ? "The certificate authority limits how often it is asked: " + problem
        : "The certificate authority does not answer as it should: " + problem;
  }
}
