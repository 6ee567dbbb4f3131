package io.nameplate.api.requests;

import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.json.JsonMapper;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemKind;
import io.nameplate.teams.Replies;
import io.nameplate.teams.Replies.Outcome;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Carries a POST out once under its `Idempotency-Key` and repeats the answer after that. A problem
/// undoes the request and is not remembered: what was refused may be tried again.
@Singleton
public final class Once {
  private final Replies replies;
  private final JsonMapper json;

  Once(Replies replies, JsonMapper json) {
    this.replies = replies;
    this.json = json;
  }

  /// The answer of `work`, or the one given before under `key`.
  ///
  /// @param key null: the request has none
  /// @param operation what is done, and to what
  /// @param body the request's body as it was read; null: it has none
  /// @param type of the answer's body
  public <T> HttpResponse<T> run(
      @Nullable String key,
      String operation,
      @Nullable Object body,
      Class<T> type,
      Supplier<HttpResponse<T>> work) {
    if (key == null) {
      return work.get();
    }
    var outcome =
        replies.once(CurrentCaller.team(), key, hash(operation, body), () -> reply(work.get()));
    return switch (outcome) {
      case Outcome.Replied(var reply) -> answer(reply, type);
      case Outcome.OtherRequest() ->
          throw new ProblemException(
              ProblemKind.IDEMPOTENCY_KEY_REUSED,
              "The key was used for another request within the last 24 hours.");
      case Outcome.InProgress() ->
          throw new ProblemException(ProblemKind.IDEMPOTENCY_IN_PROGRESS, "Ask again in a moment.");
    };
  }

  private Replies.Reply reply(HttpResponse<?> answer) {
    return new Replies.Reply(
        answer.code(),
        answer.getBody().map(this::write),
        Optional.ofNullable(answer.getHeaders().get("Location")));
  }

  private <T> HttpResponse<T> answer(Replies.Reply reply, Class<T> type) {
    var answer = HttpResponse.<T>status(HttpStatus.valueOf(reply.status()));
    reply.location().ifPresent(location -> answer.header("Location", location));
    reply.body().ifPresent(body -> answer.body(read(body, type)));
    return answer;
  }

  private byte[] hash(String operation, @Nullable Object body) {
    try {
      var hash = MessageDigest.getInstance("SHA-256");
      hash.update(operation.getBytes(StandardCharsets.UTF_8));
      hash.update((byte) 0);
      if (body != null) {
        hash.update(write(body).getBytes(StandardCharsets.UTF_8));
      }
      return hash.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  private String write(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private <T> T read(String body, Class<T> type) {
    try {
      return json.readValue(body, Argument.of(type));
    } catch (IOException e) {
      throw new UncheckedIOException("a remembered reply cannot be read", e);
    }
  }
}
