package io.nameplate.sdk;

import org.jspecify.annotations.Nullable;

/// An answer arrived that is not what the API's description promises, such as a proxy's page
/// instead of JSON. The call may have been carried out.
public final class UnreadableAnswerException extends NameplateException {

  private static final long serialVersionUID = 1;

  UnreadableAnswerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
