package io.nameplate.sdk;

/// No answer arrived: the server could not be reached, the connection was lost, or time ran out,
/// and retries did not help. The call may have been carried out.
public final class ConnectionException extends NameplateException {

  private static final long serialVersionUID = 1;

  ConnectionException(String message, Throwable cause) {
    super(message, cause);
  }
}
