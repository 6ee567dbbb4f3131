package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// Checks that pass or do not, with what went wrong. Safe to use from several threads.
final class Gates {
  private final Progress progress;
  private final Path passedFile;
  private final List<String> broken = new ArrayList<>();

  Gates(Progress progress, Path passedFile) throws IOException {
    this.progress = progress;
    this.passedFile = passedFile;
    Files.writeString(passedFile, "");
  }

  /// Runs one. A refusal breaks it, and so does a bug in it; the run goes on.
  ///
  /// @return whether it passed
  boolean check(String name, Runnable check) {
    double began = progress.seconds();
    progress.say(name + " …");
    try {
      check.run();
      pass(name);
      progress.say("%s passed (%.0f s)".formatted(name, progress.seconds() - began));
      return true;
    } catch (Refusal e) {
      fail(name, began, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) { // the edge of a check: the others have to be told too
      var trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      fail(name, began, trace.toString());
    }
    return false;
  }

  private void fail(String name, double began, String why) {
    progress.say("%s FAILED (%.0f s)%n%s".formatted(name, progress.seconds() - began, why));
    synchronized (this) {
      broken.add(name);
    }
  }

  /// Counts a check that was part of another one.
  synchronized void pass(String name) {
    try {
      Files.writeString(passedFile, name + "\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new Refusal(passedFile + ": " + e.getMessage(), e);
    }
  }

  synchronized List<String> broken() {
    return List.copyOf(broken);
  }
}
