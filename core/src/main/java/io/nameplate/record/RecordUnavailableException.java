package io.nameplate.record;

/// The record cannot be asked now. Nothing is known of what was to be done: after a lost commit it
/// may have happened.
public final class RecordUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public RecordUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
