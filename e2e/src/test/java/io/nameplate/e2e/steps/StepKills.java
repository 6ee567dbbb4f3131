package io.nameplate.e2e.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.nameplate.e2e.kit.Installation;
import io.nameplate.e2e.kit.Parallel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// `kill -9` of a part while domains are held before and after each step there is, all at once.
final class StepKills {
  /// "Nothing stuck over two minutes", on a machine that does nothing else; this one runs four
  /// copies at once, each with dozens of domains that all begin anew.
  private static final Duration CONVERGED = Duration.ofMinutes(5);

  /// A walk of the monitor takes a minute, and only then its next one begins; windows are refreshed
  /// beside every walk or every other one. On a busy machine both take longer.
  private static final Duration A_WALK = Duration.ofMinutes(8);

  private StepKills() {}

  /// Whether the step is one of the monitor, which comes to it by itself and for no domain.
  static boolean ofTheMonitor(String step) {
    return step.startsWith("Monitor") || step.equals("RenewalRefresh");
  }

  /// Holds domains at all steps, kills the part, lets all go on, starts it, and sees to it that
  /// everything comes to its end.
  static void atEachStep(Installation here, String part) {
    try {
      killAtEachStep(here, part);
    } finally {
      here.stepFaults().liftAll(); // a step that stays held would fail the next part's test, too
    }
  }

  private static void killAtEachStep(Installation here, String part) {
    var walks = heldDomains(here);
    var monitor = holdMonitor(here);
    walks.forEach(Walk::rememberWhatIsIssued);

    here.launcher().run("kill", part);
    here.stepFaults().lift(walks.stream().map(Walk::line).toList());
    here.stepFaults().lift(monitor);
    here.launcher().run("start", part);
    var deadline = Instant.now().plus(CONVERGED);

    var newcomer = newcomer(here);
    Parallel.each(walks, walk -> walk.arrivedBy(deadline));
    here.nameplate().domains().waitUntilActive(newcomer, CONVERGED);
    assertNothingTwice(walks, part);
    walks.stream().filter(Walk::isThere).forEach(Walk::leave);
  }

  private static List<Walk> heldDomains(Installation here) {
    var points =
        here.steps().stream()
            .filter(step -> !ofTheMonitor(step))
            .flatMap(step -> Stream.of(List.of(step, "before:hold"), List.of(step, "after:hold")))
            .toList();
    var walks = Parallel.each(points, point -> new Walk(here, point.getFirst(), point.getLast()));
    here.stepFaults().plan(walks.stream().map(Walk::line).toList());
    return Parallel.each(walks, Walk::toTheFault);
  }

  /// A shard does one step after the other, so it is held before each and not after it; and one
  /// step after the other is waited for, since a shard that is held at its walk begins nothing
  /// else.
  private static List<String> holdMonitor(Installation here) {
    var lines =
        here.steps().stream()
            .filter(StepKills::ofTheMonitor)
            .sorted(Comparator.comparing((String step) -> step.startsWith("Monitor")))
            .map(step -> step + ":before:hold")
            .toList();
    here.stepFaults().forgetMet();
    for (var line : lines) {
      here.stepFaults().plan(List.of(line));
      var until = Instant.now().plus(A_WALK);
      while (!here.stepFaults().met().contains(line)) {
        assertThat(Instant.now()).as("%s comes", line).isBefore(until);
        Walk.rest();
      }
    }
    return lines;
  }

  /// Found by the monitor alone: nobody asks for a check.
  private static String newcomer(Installation here) {
    var domain =
        here.nameplate()
            .domains()
            .add("late." + Installation.freshName(), here.places().origin("plain"));
    here.sandbox().setRecordsOf(domain);
    return domain.id();
  }

  private static void assertNothingTwice(List<Walk> walks, String part) {
    var wrong = new ArrayList<String>();
    // A Pebble that was killed has forgotten every order whose certificate we did not have yet.
    Parallel.each(walks, walk -> walk.duplicates(part.equals("pebble") ? walk.notIssuedThen() : 0))
        .forEach(found -> found.ifPresent(wrong::add));
    assertThat(wrong).isEmpty();
  }
}
