package io.nameplate.sdk;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Why a call did not do what it was asked for. All are unchecked, and none leaves anything half
/// done.
public abstract sealed class NameplateException extends RuntimeException
    permits ConnectionException,
        ProblemException,
        UnreadableAnswerException,
        WaitTimedOutException {

  private static final long serialVersionUID = 1;

  NameplateException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// A sentence for people; never null.
  @Override
  public String getMessage() {
    return Objects.requireNonNullElse(super.getMessage(), "");
  }
}
