package io.nameplate.sdk;

import java.time.Duration;
import java.util.stream.Collectors;

/// A domain was not active when the time given for it ran out. It is not given up: the API goes on
/// looking.
public final class WaitTimedOutException extends NameplateException {

  private static final long serialVersionUID = 1;

  private final transient Domain domain;

  WaitTimedOutException(Domain domain, Duration timeout) {
    super(describe(domain, timeout), null);
    this.domain = domain;
  }

  /// The domain as it was seen last.
  public Domain domain() {
    return domain;
  }

  private static String describe(Domain domain, Duration timeout) {
    var open =
        domain.conditions().stream()
            .filter(condition -> condition.state() != ConditionState.OK)
            .map(condition -> condition.reason() + ": " + condition.message())
            .collect(Collectors.joining("; "));
    return "%s is %s after %s%s"
        .formatted(
            domain.hostname(),
            domain.status().code(),
            timeout,
            open.isEmpty() ? "" : " (" + open + ")");
  }
}
