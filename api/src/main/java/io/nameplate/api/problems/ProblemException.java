package io.nameplate.api.problems;

import java.util.List;

/// Ends a request with a problem. The detail is for the caller's eyes.
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ProblemKind kind;
  private final transient List<BadField> fields;

  public ProblemException(ProblemKind kind, String detail) {
    this(kind, detail, List.of());
  }

  public ProblemException(ProblemKind kind, String detail, List<BadField> fields) {
    super(detail, null, false, false);
    this.kind = kind;
    this.fields = List.copyOf(fields);
  }

  /// What is wrong with one field.
  ///
  /// @param pointer a JSON pointer (RFC 6901) into the body, or a parameter's name
  /// @param reason a stable code
  public record BadField(String pointer, String reason, String detail) {}

  /// A body or parameters with fields that cannot be used.
  public static ProblemException invalid(List<BadField> fields) {
    var detail = fields.size() == 1 ? fields.getFirst().detail() : "See errors for each of them.";
    return new ProblemException(ProblemKind.INVALID_FIELDS, detail, fields);
  }

  /// One such field.
  public static ProblemException invalid(String pointer, String reason, String detail) {
    return invalid(List.of(new BadField(pointer, reason, detail)));
  }

  public ProblemKind kind() {
    return kind;
  }

  public List<BadField> fields() {
    return fields;
  }

  /// Always there.
  public String detail() {
    return String.valueOf(getMessage());
  }
}
