package io.nameplate.rollouts;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// Whether a change goes on from the first node to the others: only while failures are not more
/// frequent than elsewhere, by more than a margin.
public final class Judgement {
  /// A policy is taken up within an ack's 20 s; a build takes an upgrade, of which the node itself
  /// gives up after two minutes.
  private static final Duration TAKES_UP = Duration.ofMinutes(10);

  /// Six acks: far longer than a restart takes.
  private static final Duration SILENCE = Duration.ofMinutes(2);

  private final Terms terms;
  private final Sight sight;

  private Judgement(Terms terms, Sight sight) {
    this.terms = terms;
    this.sight = sight;
  }

  public static Verdict of(Terms terms, Sight sight) {
    return new Judgement(terms, sight).verdict();
  }

  private Verdict verdict() {
    var first = sight.first();
    if (!first.joined()) {
      return new Verdict.Stop(first.name() + " was revoked.");
    }
    if (sight.takenUp().isEmpty()) {
      return since(later(sight.begun(), sight.seenFrom())).compareTo(TAKES_UP) >= 0
          ? new Verdict.Stop(
              "%s did not take it up within %s.".formatted(first.name(), words(TAKES_UP)))
          : new Verdict.Watch(first.name() + " has not taken it up yet.");
    }
    var heard = later(first.acked().orElse(sight.begun()), sight.seenFrom());
    if (since(heard).compareTo(SILENCE) >= 0) {
      return new Verdict.Stop(
          "%s has not been heard of for %s.".formatted(first.name(), words(since(heard))));
    }
    if (failsMoreThanAllowed()) {
      return new Verdict.Stop(compared());
    }
    return standing(since(sight.takenUp().get()));
  }

  /// Nothing speaks against it; does enough speak for it?
  private Verdict standing(Duration ran) {
    var first = sight.first();
    if (ran.compareTo(terms.watched()) < 0) {
      return new Verdict.Watch(
          "%s of %s have passed. %s".formatted(words(ran), words(terms.watched()), compared()));
    }
    if (!first.ready()) {
      return new Verdict.Stop(
          "%s is not ready after %s.".formatted(first.name(), words(terms.watched())));
    }
    if (first.since().tries() >= terms.tries()) {
      return new Verdict.GoOn(compared());
    }
    if (sight.others().tries() >= terms.tries()) {
      return new Verdict.Watch(
          "Visitors come to the other nodes (%d tries) and hardly to %s (%d of %d): is it in DNS or the balancer?"
              .formatted(
                  sight.others().tries(), first.name(), first.since().tries(), terms.tries()));
    }
    if (ran.compareTo(terms.idle()) < 0) {
      return new Verdict.Watch(
          "%d of %d tries were made; if hardly anybody comes, %s are enough. %s"
              .formatted(first.since().tries(), terms.tries(), words(terms.idle()), compared()));
    }
    return new Verdict.GoOn(
        "Hardly anybody came within %s. %s".formatted(words(terms.idle()), compared()));
  }

  /// Also before all tries were made, when those that are missing could not make up for it.
  private boolean failsMoreThanAllowed() {
    var since = sight.first().since();
    var allowed = baseline().failuresPerMille() + terms.marginPerMille();
    return since.failures() > allowed / 1000 * Math.max(since.tries(), terms.tries());
  }

  /// With what the first node is compared: the others at the same time, since what is wrong with
  /// origins is wrong for all; itself before, if nobody comes to the others.
  private Tally baseline() {
    if (sight.others().tries() >= terms.tries()) {
      return sight.others();
    }
    return sight.before().tries() >= terms.tries() ? sight.before() : Tally.NONE;
  }

  private String compared() {
    var failed = "At %s %s failed".formatted(sight.first().name(), shown(sight.first().since()));
    if (sight.others().tries() >= terms.tries()) {
      return "%s, at the others %s.".formatted(failed, shown(sight.others()));
    }
    return sight.before().tries() >= terms.tries()
        ? "%s, before %s.".formatted(failed, shown(sight.before()))
        : failed + ".";
  }

  private static String shown(Tally tally) {
    return String.format(
        Locale.ROOT,
        "%d of %d tries (%.1f %%)",
        tally.failures(),
        tally.tries(),
        tally.failuresPerMille() / 10);
  }

  private Duration since(Instant then) {
    return Duration.between(then, sight.now());
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static String words(Duration duration) {
    return duration.toSeconds() < 120
        ? Math.max(0, duration.toSeconds()) + " s"
        : duration.toMinutes() + " min";
  }
}
