package io.nameplate.sandbox.control;

/// One request that the control server understands.
///
/// @param path the whole path, or with a last `*` all that begin with it
public record Route(String method, String path, Action action) {
  /// Does what is asked.
  @FunctionalInterface
  public interface Action {
    Reply on(Call call) throws Exception;
  }

  boolean isFor(String wantedPath) {
    return path.endsWith("*")
        ? wantedPath.startsWith(path.substring(0, path.length() - 1))
        : wantedPath.equals(path);
  }
}
