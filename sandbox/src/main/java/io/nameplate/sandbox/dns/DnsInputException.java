package io.nameplate.sandbox.dns;

import java.io.Serial;

/// A command that cannot be carried out as it was given. Nothing was changed.
public final class DnsInputException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String field;

  DnsInputException(String field, String message) {
    super(message);
    this.field = field;
  }

  /// The part of the command that is wrong: `name`, `type`, `values/0`, `fault`.
  public String field() {
    return field;
  }
}
