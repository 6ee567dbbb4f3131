package io.nameplate.api.problems;

import java.util.Locale;

/// Every kind of problem that the API answers with. `docs/problems.md` describes each; a test
/// compares the two.
public enum ProblemKind {
  MALFORMED_REQUEST(400, "The request cannot be understood"),
  MALFORMED_JSON(400, "The body is not JSON"),
  INVALID_CURSOR(400, "The cursor is not one of this list"),
  UNAUTHENTICATED(401, "A valid API key is needed"),
  SCOPE_MISSING(403, "The API key may not do this"),
  OPERATOR_ONLY(403, "Only the operator may do this"),
  NOT_FOUND(404, "There is no such thing"),
  METHOD_NOT_ALLOWED(405, "The method is not possible here"),
  NOT_ACCEPTABLE(406, "The answer cannot have the wanted media type"),
  DOMAIN_EXISTS(409, "The team has this hostname already"),
  IDEMPOTENCY_KEY_REUSED(409, "The idempotency key belongs to another request"),
  IDEMPOTENCY_IN_PROGRESS(409, "The first request with this idempotency key still runs"),
  PROOF_MISSING(409, "The claim has no fresh proof"),
  HOSTNAME_FREE(409, "Nobody holds the hostname"),
  BODY_TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body's media type is not supported"),
  INVALID_FIELDS(422, "Some fields cannot be used"),
  NO_CLUSTER(422, "There is no cluster to serve this"),
  INTERNAL(500, "Something is broken here"),
  UNAVAILABLE(503, "Try again in a moment");

  private final int status;
  private final String title;

  ProblemKind(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /// The HTTP status it comes with.
  public int status() {
    return status;
  }

  /// The same for every problem of the kind.
  public String title() {
    return title;
  }

  /// The last part of its type, such as `domain-exists`.
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The URI in a problem's `type`.
  public String type() {
    return "urn:nameplate:problem:" + code();
  }
}
