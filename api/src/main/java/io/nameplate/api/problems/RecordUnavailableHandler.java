package io.nameplate.api.problems;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.nameplate.api.contract.model.Problem;
import io.nameplate.api.requests.RequestId;
import io.nameplate.record.RecordUnavailableException;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The record cannot be asked: the caller tries again.
@Singleton
final class RecordUnavailableHandler
    implements ExceptionHandler<RecordUnavailableException, HttpResponse<Problem>> {
  private static final Logger LOG = LoggerFactory.getLogger(RecordUnavailableHandler.class);

  @Override
  @SuppressWarnings("rawtypes") // the framework declares it so
  public HttpResponse<Problem> handle(HttpRequest request, RecordUnavailableException exception) {
    LOG.atWarn()
        .addKeyValue("request_id", RequestId.of(request))
        .addKeyValue("cause", exception.getMessage())
        .log("The record cannot be asked");
    return ProblemDocuments.of(
        request,
        new ProblemException(ProblemKind.UNAVAILABLE, "The database does not answer right now."));
  }
}
