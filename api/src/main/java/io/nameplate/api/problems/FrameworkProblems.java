package io.nameplate.api.problems;

import io.micronaut.core.convert.exceptions.ConversionErrorException;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.micronaut.web.router.exceptions.UnsatisfiedRouteException;
import io.nameplate.api.contract.model.Problem;
import io.nameplate.api.problems.ProblemException.BadField;
import jakarta.inject.Singleton;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Path;

/// What the framework refuses by itself, as problems: routes, methods, media types, sizes, and
/// parameters.
@Singleton
final class FrameworkProblems implements ErrorResponseProcessor<Problem> {
  private final UsedKeys usedKeys;

  FrameworkProblems(UsedKeys usedKeys) {
    this.usedKeys = usedKeys;
  }

  @Override
  public MutableHttpResponse<Problem> processResponse(
      ErrorContext context, MutableHttpResponse<?> response) {
    var request = context.getRequest();
    var refused =
        switch (context.getRootCause().orElse(null)) {
          case ProblemException problem -> problem;
          case ConstraintViolationException violations -> ofViolations(violations);
          case UnsatisfiedRouteException unsatisfied
              when unsatisfied.getArgument().isAnnotationPresent(Body.class) ->
              new ProblemException(ProblemKind.MALFORMED_JSON, "A body is needed.");
          case ConversionErrorException conversion -> ofConversion(conversion);
          case null, default -> ofStatus(request, response.code());
        };
    var told = usedKeys.before(request, refused);
    return ProblemDocuments.of(request, response, told.kind(), told.detail(), told.fields());
  }

  private static ProblemException ofStatus(HttpRequest<?> request, int status) {
    return switch (status) {
      case 401 -> new ProblemException(ProblemKind.UNAUTHENTICATED, "");
      case 403, 404 ->
          new ProblemException(
              ProblemKind.NOT_FOUND, "There is nothing at %s.".formatted(request.getPath()));
      case 405 ->
          new ProblemException(
              ProblemKind.METHOD_NOT_ALLOWED,
              "%s is not possible at %s.".formatted(request.getMethodName(), request.getPath()));
      case 406 -> new ProblemException(ProblemKind.NOT_ACCEPTABLE, "Answers are JSON.");
      case 413 -> new ProblemException(ProblemKind.BODY_TOO_LARGE, "A body has 64 KiB at most.");
      case 415 ->
          new ProblemException(ProblemKind.UNSUPPORTED_MEDIA_TYPE, "Send application/json.");
      default ->
          status < 500
              ? new ProblemException(ProblemKind.MALFORMED_REQUEST, "")
              : new ProblemException(ProblemKind.INTERNAL, "");
    };
  }

  private static ProblemException ofViolations(ConstraintViolationException exception) {
    var fields =
        exception.getConstraintViolations().stream().map(FrameworkProblems::field).toList();
    if (fields.stream().anyMatch(field -> isId(field.pointer()))) {
      return noSuchId();
    }
    return ProblemException.invalid(fields);
  }

  private static BadField field(ConstraintViolation<?> violation) {
    var name = "";
    for (Path.Node node : violation.getPropertyPath()) {
      name = node.getName() == null ? name : node.getName();
    }
    return new BadField(wireName(name), "out-of-range", String.valueOf(violation.getMessage()));
  }

  private static ProblemException ofConversion(ConversionErrorException exception) {
    for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
      if (cause instanceof ProblemException problem) {
        return problem;
      }
    }
    var argument = exception.getArgument();
    if (argument.isAnnotationPresent(Body.class)) {
      return new ProblemException(ProblemKind.MALFORMED_JSON, "The body cannot be read.");
    }
    var name = parameter(argument);
    return isId(name)
        ? noSuchId()
        : ProblemException.invalid(
            name, "unexpected-value", "%s has a value that is not possible.".formatted(name));
  }

  private static String parameter(Argument<?> argument) {
    var annotations = argument.getAnnotationMetadata();
    return annotations
        .stringValue(QueryValue.class)
        .or(() -> annotations.stringValue(Header.class))
        .or(() -> annotations.stringValue(PathVariable.class))
        .orElse(argument.getName());
  }

  /// An id in another form is the id of nothing.
  private static ProblemException noSuchId() {
    return new ProblemException(ProblemKind.NOT_FOUND, "There is nothing with this id.");
  }

  private static boolean isId(String name) {
    return name.equals("domain_id") || name.equals("cluster_id");
  }

  /// The names of Java's parameters as they are on the wire.
  private static String wireName(String name) {
    return switch (name) {
      case "idempotencyKey" -> "Idempotency-Key";
      case "domainId" -> "domain_id";
      case "clusterId" -> "cluster_id";
      default -> name;
    };
  }
}
