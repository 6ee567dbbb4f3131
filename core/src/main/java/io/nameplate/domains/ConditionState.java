package io.nameplate.domains;

/// The answer to a condition's question.
public enum ConditionState {
  /// Yes.
  OK,
  /// No.
  FAILING,
  /// It could not be told; the last definite answer stands for decisions that would take something
  /// away.
  UNKNOWN,
  /// Not asked yet, or in the works.
  WAITING;

  /// The word used on the wire and in the database.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
