package io.nameplate.sandbox.control;

import java.net.URI;

/// What the `sandbox` command stands below: a command that knows where the sandbox is told things.
public interface ControlPlace {
  /// Where the control server is, without a path.
  URI controlUrl();
}
