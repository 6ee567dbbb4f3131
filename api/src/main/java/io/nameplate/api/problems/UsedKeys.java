package io.nameplate.api.problems;

import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.nameplate.api.requests.CurrentCaller;
import io.nameplate.record.RecordUnavailableException;
import io.nameplate.teams.Replies;
import jakarta.inject.Singleton;

/// Bodies that cannot be read are refused before anything is looked up. Under an idempotency key
/// with a remembered reply such a body is another request before it is a bad one.
@Singleton
final class UsedKeys {
  private static final String HEADER = "Idempotency-Key";

  private final Replies replies;

  UsedKeys(Replies replies) {
    this.replies = replies;
  }

  /// What to answer instead of `refused`, which may be itself.
  ProblemException before(HttpRequest<?> request, ProblemException refused) {
    var aboutBody =
        refused.kind() == ProblemKind.INVALID_FIELDS
            || refused.kind() == ProblemKind.MALFORMED_JSON;
    var key = request.getHeaders().get(HEADER);
    var caller = CurrentCaller.of(request);
    if (!aboutBody
        || request.getMethod() != HttpMethod.POST
        || key == null
        || key.isEmpty()
        || key.length() > 255
        || caller.isEmpty()) {
      return refused;
    }
    try {
      return replies.used(caller.get().team(), key)
          ? new ProblemException(
              ProblemKind.IDEMPOTENCY_KEY_REUSED,
              "The key was used for another request within the last 24 hours.")
          : refused;
    } catch (RecordUnavailableException _) {
      return refused; // it is bad in any case
    }
  }
}
