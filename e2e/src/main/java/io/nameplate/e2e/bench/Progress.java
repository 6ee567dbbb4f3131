package io.nameplate.e2e.bench;

/// What a bench says while it works, on stderr: stdout is for the figures.
final class Progress {
  private Progress() {}

  static void say(String sentence) {
    System.err.println("bench: " + sentence);
  }
}
