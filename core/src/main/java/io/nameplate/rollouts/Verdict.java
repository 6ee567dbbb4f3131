package io.nameplate.rollouts;

/// What becomes of a change that one node runs before the others, and why, as a sentence for the
/// operator.
public sealed interface Verdict {
  String why();

  /// It is not known yet.
  record Watch(String why) implements Verdict {}

  /// All nodes may have it.
  record GoOn(String why) implements Verdict {}

  /// It is taken back.
  record Stop(String why) implements Verdict {}
}
