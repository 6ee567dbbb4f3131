package io.nameplate.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nameplate.sdk.generated.ApiClient;
import io.nameplate.sdk.generated.ApiException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Makes generated calls, and turns what goes wrong in them into this client's exceptions.
final class Calls {

  private static final ObjectMapper JSON = ApiClient.createDefaultObjectMapper();

  private Calls() {}

  /// A generated call that answers with a body, or with none.
  interface Call<T> {
    @Nullable T make() throws ApiException;
  }

  /// A key for one call, which its retries repeat.
  static String newIdempotencyKey() {
    return UUID.randomUUID().toString();
  }

  /// Makes a call that answers with a body.
  static <T> T read(Call<T> call) {
    var answer = make(call);
    if (answer == null) {
      throw new UnreadableAnswerException("the answer is empty (expected: JSON)", null);
    }
    return answer;
  }

  /// Makes a call whose answer's body does not matter.
  static <T> @Nullable T make(Call<T> call) {
    try {
      return call.make();
    } catch (ApiException e) {
      throw explain(e);
    }
  }

  private static NameplateException explain(ApiException e) {
    if (e.getCause() instanceof JsonProcessingException json) {
      return new UnreadableAnswerException(
          "the answer is not the JSON it should be: " + json.getOriginalMessage(), json);
    }
    if (e.getCause() instanceof IOException io) {
      return new ConnectionException("no answer: " + describe(io), io);
    }
    if (e.getCause() instanceof InterruptedException interrupted) {
      return new ConnectionException("interrupted while waiting for the answer", interrupted);
    }
    return ProblemException.of(problem(e));
  }

  private static String describe(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /// The document in the answer; if there is none, as when a proxy answered, what the status alone
  /// tells.
  private static ProblemException.Problem problem(ApiException e) {
    var headers = Optional.ofNullable(e.getResponseHeaders());
    var retryAfter = headers.flatMap(RetryAfter::in);
    var requestId = headers.flatMap(all -> all.firstValue("X-Request-Id"));
    try {
      var body = Optional.ofNullable(e.getResponseBody()).orElse("");
      var sent = JSON.readValue(body, io.nameplate.sdk.generated.model.Problem.class);
      if (sent != null && sent.getType() != null) {
        return new ProblemException.Problem(
            sent.getType(),
            e.getCode(),
            Optional.ofNullable(sent.getTitle()).orElse("Refused"),
            Optional.ofNullable(sent.getDetail()),
            Optional.ofNullable(sent.getErrors()).orElse(List.of()).stream()
                .map(Wire::fieldError)
                .toList(),
            Optional.ofNullable(sent.getRequestId()).or(() -> requestId),
            retryAfter);
      }
    } catch (JsonProcessingException notAProblem) {
      // Said below: the status is all there is.
    }
    return new ProblemException.Problem(
        "about:blank",
        e.getCode(),
        "HTTP " + e.getCode() + " without a problem document",
        Optional.empty(),
        List.of(),
        requestId,
        retryAfter);
  }

  /// The generated code's settings, on our HTTP client.
  static final class Client extends ApiClient {

    private final HttpClient http;

    Client(HttpClient http) {
      this.http = http;
    }

    @Override
    public HttpClient getHttpClient() {
      return http;
    }
  }
}
