package io.nameplate.sdk;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Looks at a domain until it is active: every quarter of a second at first, in the end every two.
final class ActiveWait {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Function<Duration, Domain> look;
  private final Timekeeper time;
  private final Consumer<Domain> onChange;

  /// What was seen last; null until the first look succeeded.
  private @Nullable Domain seen;

  /// @param look reads the domain within the time it is given
  ActiveWait(Function<Duration, Domain> look, Timekeeper time, Consumer<Domain> onChange) {
    this.look = look;
    this.time = time;
    this.onChange = onChange;
  }

  Domain within(Duration timeout) {
    var deadline = time.nanoTime() + timeout.toNanos();
    for (var pause = FIRST_PAUSE; ; pause = longer(pause)) {
      var left = Duration.ofNanos(deadline - time.nanoTime());
      var domain = next(left, deadline);
      if (domain != null && domain.isActive()) {
        return domain;
      }
      left = Duration.ofNanos(deadline - time.nanoTime());
      if (domain != null && (left.isNegative() || left.isZero())) {
        throw new WaitTimedOutException(domain, timeout);
      }
      sleep(pause.compareTo(left) < 0 || left.isNegative() ? pause : left);
    }
  }

  private @Nullable Domain next(Duration left, long deadline) {
    try {
      var domain = look.apply(left);
      if (!domain.equals(seen)) {
        seen = domain;
        onChange.accept(domain);
      }
      return domain;
    } catch (ConnectionException
        | ProblemException.Unavailable
        | ProblemException.RateLimited later) {
      var nothingSeen = seen == null && time.nanoTime() >= deadline;
      if (nothingSeen || Thread.currentThread().isInterrupted()) {
        throw later;
      }
      return seen;
    }
  }

  private void sleep(Duration pause) {
    try {
      time.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionException("interrupted while waiting for the domain", e);
    }
  }

  private static Duration longer(Duration pause) {
    var next = pause.multipliedBy(3).dividedBy(2);
    return next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
  }
}
