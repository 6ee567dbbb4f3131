package io.nameplate.api.problems;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.nameplate.api.contract.model.FieldError;
import io.nameplate.api.contract.model.Problem;
import io.nameplate.api.requests.RequestId;
import java.util.List;

/// Problems as they are sent.
public final class ProblemDocuments {
  private ProblemDocuments() {}

  /// The answer for an exception that ends a request.
  public static MutableHttpResponse<Problem> of(
      HttpRequest<?> request, ProblemException exception) {
    return of(
        request,
        HttpResponse.status(HttpStatus.valueOf(exception.kind().status())),
        exception.kind(),
        exception.detail(),
        exception.fields());
  }

  /// Makes `response` a problem.
  public static MutableHttpResponse<Problem> of(
      HttpRequest<?> request,
      MutableHttpResponse<?> response,
      ProblemKind kind,
      String detail,
      List<ProblemException.BadField> fields) {
    var problem =
        new Problem(kind.type(), kind.title(), kind.status())
            .instance(request.getPath())
            .requestId(RequestId.of(request));
    if (!detail.isEmpty()) {
      problem.detail(detail);
    }
    if (!fields.isEmpty()) {
      problem.errors(
          fields.stream()
              .map(field -> new FieldError(field.pointer(), field.detail()).reason(field.reason()))
              .toList());
    }
    var answer =
        response
            .status(kind.status())
            .body(problem)
            .contentType(MediaType.of("application/problem+json"));
    return switch (kind) {
      case UNAUTHENTICATED -> answer.header("WWW-Authenticate", "Bearer realm=\"nameplate\"");
      case UNAVAILABLE, IDEMPOTENCY_IN_PROGRESS -> answer.header("Retry-After", "1");
      default -> answer;
    };
  }
}
