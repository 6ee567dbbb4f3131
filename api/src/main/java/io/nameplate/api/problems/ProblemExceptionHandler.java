package io.nameplate.api.problems;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.nameplate.api.contract.model.Problem;
import jakarta.inject.Singleton;

/// Answers with the problem that ended a request.
@Singleton
final class ProblemExceptionHandler
    implements ExceptionHandler<ProblemException, HttpResponse<Problem>> {
  private final UsedKeys usedKeys;

  ProblemExceptionHandler(UsedKeys usedKeys) {
    this.usedKeys = usedKeys;
  }

  @Override
  @SuppressWarnings("rawtypes") // the framework declares it so
  public HttpResponse<Problem> handle(HttpRequest request, ProblemException exception) {
    return ProblemDocuments.of(request, usedKeys.before(request, exception));
  }
}
