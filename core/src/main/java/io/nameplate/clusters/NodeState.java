package io.nameplate.clusters;

/// How well a node follows its cluster's changes.
public enum NodeState {
  /// It asked to join and has no certificate yet.
  JOINING,
  /// It has everything.
  CURRENT,
  /// It lacks changes.
  BEHIND,
  /// It has not been heard of for a while.
  SILENT
}
