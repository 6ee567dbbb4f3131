package io.nameplate.rollouts;

/// What a rollout brings.
public sealed interface Change {
  /// Limits, which the control plane gives to nodes.
  record Policy(EdgePolicy policy) implements Change {}

  /// A build, which operators install and nodes ask about.
  ///
  /// @param version of the build
  /// @param before what the first node ran until then: the way back is always open
  record Build(String version, String before) implements Change {}
}
