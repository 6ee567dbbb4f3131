package io.nameplate.domains;

/// Whether a domain may take over the hostname that another team's domain holds.
public enum TransferState {
  /// No: it holds the name itself, nobody else does, or its claim has no proof.
  NONE,
  /// Another team holds the name and this claim has fresh proof.
  POSSIBLE,
  /// It was asked for.
  REQUESTED
}
