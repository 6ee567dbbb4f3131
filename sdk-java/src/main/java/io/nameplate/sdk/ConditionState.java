package io.nameplate.sdk;

/// The answer to a condition's question.
public enum ConditionState {
  OK,
  FAILING,
  /// It could not be told. This never makes a domain worse.
  UNKNOWN,
  /// Not asked yet: something before it has to be right first.
  WAITING,
  /// An answer that this release of the client does not know.
  UNRECOGNIZED
}
