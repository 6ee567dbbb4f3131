package io.nameplate.sdk;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The API refused, and said why in a problem document (RFC 9457). One subclass for each thing a
/// caller does about it.
public abstract sealed class ProblemException extends NameplateException {

  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  private ProblemException(Problem problem) {
    super(problem.describe(), null);
    this.problem = problem;
  }

  static ProblemException of(Problem problem) {
    return switch (problem.status()) {
      case 401 -> new Unauthenticated(problem);
      case 403 -> new Forbidden(problem);
      case 404 -> new NotFound(problem);
      case 409 -> new Conflict(problem);
      case 429 -> new RateLimited(problem);
      default -> problem.status() >= 500 ? new Unavailable(problem) : new Invalid(problem);
    };
  }

  /// The problem's type as it was sent, usually a URI that ends in a code.
  public String type() {
    return problem.type();
  }

  /// The last part of the type, such as `domain-exists`; `http-502` and the like for an answer that
  /// carried no problem document.
  public String code() {
    return problem.code();
  }

  /// The HTTP status.
  public int status() {
    return problem.status();
  }

  /// The kind of problem in a few words.
  public String title() {
    return problem.title();
  }

  /// What was wrong this time, in a sentence.
  public Optional<String> detail() {
    return problem.detail();
  }

  /// What was wrong with single fields; empty if the problem is not about fields.
  public List<FieldError> errors() {
    return problem.errors();
  }

  /// The id under which the server's log knows this request.
  public Optional<String> requestId() {
    return problem.requestId();
  }

  /// How long the server asks to wait before the next try.
  public Optional<Duration> retryAfter() {
    return problem.retryAfter();
  }

  /// The key is missing, wrong, expired or revoked (401).
  public static final class Unauthenticated extends ProblemException {
    private static final long serialVersionUID = 1;

    private Unauthenticated(Problem problem) {
      super(problem);
    }
  }

  /// The key is right and may not do this (403).
  public static final class Forbidden extends ProblemException {
    private static final long serialVersionUID = 1;

    private Forbidden(Problem problem) {
      super(problem);
    }
  }

  /// There is no such thing, or it is another team's (404).
  public static final class NotFound extends ProblemException {
    private static final long serialVersionUID = 1;

    private NotFound(Problem problem) {
      super(problem);
    }
  }

  /// It contradicts what is there, such as a hostname the team already has (409).
  public static final class Conflict extends ProblemException {
    private static final long serialVersionUID = 1;

    private Conflict(Problem problem) {
      super(problem);
    }
  }

  /// The request itself is wrong; the same one will never pass (400, 413, 415, 422).
  public static final class Invalid extends ProblemException {
    private static final long serialVersionUID = 1;

    private Invalid(Problem problem) {
      super(problem);
    }
  }

  /// Too much at once, and retries did not help (429).
  public static final class RateLimited extends ProblemException {
    private static final long serialVersionUID = 1;

    private RateLimited(Problem problem) {
      super(problem);
    }
  }

  /// The server failed or is not ready (5xx).
  public static final class Unavailable extends ProblemException {
    private static final long serialVersionUID = 1;

    private Unavailable(Problem problem) {
      super(problem);
    }
  }

  /// What the document and the answer's headers said.
  record Problem(
      String type,
      int status,
      String title,
      Optional<String> detail,
      List<FieldError> errors,
      Optional<String> requestId,
      Optional<Duration> retryAfter) {

    Problem {
      errors = List.copyOf(errors);
    }

    String code() {
      if (type.equals("about:blank")) {
        return "http-" + status;
      }
      return type.substring(Math.max(type.lastIndexOf('/'), type.lastIndexOf(':')) + 1);
    }

    String describe() {
      var fields =
          errors.stream()
              .map(error -> error.pointer() + ": " + error.detail())
              .collect(Collectors.joining("; "));
      return "%d %s: %s%s%s"
          .formatted(
              status,
              code(),
              detail.orElse(title),
              fields.isEmpty() ? "" : " (" + fields + ")",
              requestId.map(id -> " [request " + id + "]").orElse(""));
    }
  }
}
