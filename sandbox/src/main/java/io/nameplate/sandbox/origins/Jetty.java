package io.nameplate.sandbox.origins;

import java.io.IOException;
import org.eclipse.jetty.util.component.LifeCycle;

/// Starting and stopping Jetty's parts, whose exceptions say nothing in their type.
public final class Jetty {
  private Jetty() {}

  /// Starts it.
  ///
  /// @throws IOException naming the part, with the reason
  public static void start(LifeCycle part, String name) throws IOException {
    try {
      part.start();
    } catch (Exception e) {
      stop(part);
      throw new IOException("%s cannot start: %s".formatted(name, reason(e)), e);
    }
  }

  private static String reason(Throwable failure) {
    var cause = failure.getCause();
    return failure.getMessage() + (cause == null ? "" : " (%s)".formatted(cause.getMessage()));
  }

  public static void stop(LifeCycle part) {
    try {
      part.stop();
    } catch (Exception e) {
      throw new IllegalStateException("stopping " + part, e);
    }
  }
}
