package io.nameplate.sandbox.control;

import java.io.Serial;

/// A request that cannot be carried out as it was given. Nothing was changed.
public final class InputException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String field;

  /// @param field the member of the body or query that is wrong, nested ones joined by `/`
  public InputException(String field, String message) {
    super(message);
    this.field = field;
  }

  public String field() {
    return field;
  }
}
