package io.nameplate.e2e.bench;

import io.nameplate.e2e.kit.Installation;
import java.io.IOException;

/// What one bench does with a copy of the system: it fills in the figures.
@FunctionalInterface
interface Measurement {

  void take(Installation copy, Figures figures) throws IOException, InterruptedException;

  /// Says what is measured, measures, takes the copy down whatever happens, and prints the figures
  /// as the last line, also when the measurement broke off: what it did not reach is `null`.
  ///
  /// @return the exit code
  static int run(String description, Copy copy, Figures figures, Measurement measurement)
      throws InterruptedException {
    Progress.say(description);
    try (var open = copy.open()) {
      var begin = System.nanoTime();
      var before = CpuTimes.withBench(open.status());
      try {
        measurement.take(open.installation(), figures);
      } finally {
        if (!figures.met()) {
          figures.unmet().forEach(goal -> Progress.say("not met: " + goal));
          CpuTimes.withBench(open.status())
              .since(before, (System.nanoTime() - begin) / 1e9)
              .forEach(Progress::say);
        }
      }
    } catch (IOException | RuntimeException e) {
      // The end of the process's work: told here, and the figures that are missing tell the caller.
      Progress.say("the measurement broke off: " + e);
    }
    System.out.println(figures.json());
    return figures.met() ? 0 : BenchMain.UNMET;
  }
}
