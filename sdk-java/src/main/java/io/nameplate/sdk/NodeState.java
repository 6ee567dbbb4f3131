package io.nameplate.sdk;

/// How far a node is with what it should serve.
public enum NodeState {
  JOINING,
  CURRENT,
  BEHIND,
  SILENT,
  /// A state that this release of the client does not know.
  UNRECOGNIZED
}
