package io.nameplate.api.problems;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.nameplate.api.contract.model.Problem;
import io.nameplate.api.requests.RequestId;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A bug: logged once here, a bare 500 to the caller.
@Singleton
final class UnexpectedExceptionHandler
    implements ExceptionHandler<RuntimeException, HttpResponse<Problem>> {
  private static final Logger LOG = LoggerFactory.getLogger(UnexpectedExceptionHandler.class);

  @Override
  @SuppressWarnings("rawtypes") // the framework declares it so
  public HttpResponse<Problem> handle(HttpRequest request, RuntimeException exception) {
    LOG.atError()
        .addKeyValue("request_id", RequestId.of(request))
        .addKeyValue("method", request.getMethodName())
        .addKeyValue("path", request.getPath())
        .setCause(exception)
        .log("A request failed");
    return ProblemDocuments.of(request, new ProblemException(ProblemKind.INTERNAL, ""));
  }
}
