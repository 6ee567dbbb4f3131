package io.nameplate.app;

/// A command that cannot be carried out; its message is all a person needs.
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
