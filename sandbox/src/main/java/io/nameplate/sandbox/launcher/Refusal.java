package io.nameplate.sandbox.launcher;

/// Something a person has to put right before the command can go on. Its message is all they see.
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  Refusal(String message) {
    super(message);
  }

  Refusal(String message, Throwable cause) {
    super(message, cause);
  }
}
