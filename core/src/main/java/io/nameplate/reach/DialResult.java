package io.nameplate.reach;

/// What dialling one address came to.
public sealed interface DialResult {
  /// A node of the cluster answered, proved by its MAC.
  record Ours(String node) implements DialResult {}

  /// Somebody answered who does not have the cluster's key.
  record SomebodyElse(String answer) implements DialResult {}

  /// Somebody sent the request to `location` instead of passing it on.
  record Redirected(int status, String location) implements DialResult {}

  /// Nobody answered: refused, reset, or silent.
  record Unreachable(String why) implements DialResult {}

  /// This machine has no way to addresses of that family.
  record NoRoute() implements DialResult {}

  /// The address is one that must not be dialled.
  record NotDialled(String why) implements DialResult {}
}
