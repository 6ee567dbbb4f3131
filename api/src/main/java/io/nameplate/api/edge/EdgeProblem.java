package io.nameplate.api.edge;

/// Why a node gets no answer; part of `docs/edge-protocol.md`.
final class EdgeProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final long epoch;

  EdgeProblem(Kind kind) {
    this(kind, kind.title, 0);
  }

  EdgeProblem(Kind kind, String detail) {
    this(kind, detail, 0);
  }

  private EdgeProblem(Kind kind, String detail, long epoch) {
    super(detail, null, false, false);
    this.kind = kind;
    this.epoch = epoch;
  }

  static EdgeProblem epochChanged(long epoch) {
    return new EdgeProblem(Kind.EPOCH_CHANGED, Kind.EPOCH_CHANGED.title, epoch);
  }

  /// The kinds.
  enum Kind {
    MALFORMED(400, "The request cannot be read"),
    NODE_UNKNOWN(403, "The client certificate is nobody's"),
    NODE_REVOKED(403, "The node's access has ended"),
    JOIN_TOKEN_INVALID(403, "The join token is unknown or expired"),
    JOIN_TOKEN_SPENT(403, "The join token was used for another request"),
    NOT_FOUND(404, "There is no such thing"),
    METHOD_NOT_ALLOWED(405, "The method is not possible here"),
    EPOCH_CHANGED(409, "The position belongs to another epoch"),
    POSITION_TOO_OLD(410, "Removals after the position are forgotten"),
    BODY_TOO_LARGE(413, "The body is too large"),
    REQUEST_INVALID(422, "A value is not possible"),
    INTERNAL(500, "Something is broken here"),
    UNAVAILABLE(503, "Try again in a moment");

    final int status;
    final String title;

    Kind(int status, String title) {
      this.status = status;
      this.title = title;
    }

    String code() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  Kind kind() {
    return kind;
  }

  /// The epoch the cluster is in; 0: it is not about that.
  long epoch() {
    return epoch;
  }
}
