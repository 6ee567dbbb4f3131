package io.nameplate.workflows.faults;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A fault at a named point: `DomainDeploy:after:lose-reply`, or, for the runs of one domain alone,
/// `DomainDeploy:after:lose-reply:dom_…`.
///
/// @param step the step's name, as Temporal shows it
/// @param domain shown form; empty: whoever comes first
record PlannedFault(String step, Moment moment, Kind kind, String domain) {
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z]+):(before|after):(kill|lose-reply|hold)(?::(dom_[0-9a-z-]+))?");

  /// Where in the step.
  enum Moment {
    /// Nothing was done yet.
    BEFORE,
    /// Everything was done, nobody knows yet.
    AFTER
  }

  /// What happens.
  enum Kind {
    /// The process ends at once, as by `kill -9`.
    KILL,
    /// The step's result is lost; it is tried again.
    LOSE_REPLY,
    /// Everybody who comes here waits until the line is taken out.
    HOLD
  }

  /// Reads the written form; empty if it is not one.
  static Optional<PlannedFault> parse(String line) {
    var match = FORM.matcher(line.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new PlannedFault(
            match.group(1),
            Moment.valueOf(match.group(2).toUpperCase(Locale.ROOT)),
            Kind.valueOf(match.group(3).toUpperCase(Locale.ROOT).replace('-', '_')),
            match.group(4) == null ? "" : match.group(4)));
  }

  /// @param workflowId of the run that executes the step, such as `domain/dom_…`
  boolean strikes(String atStep, Moment atMoment, String workflowId) {
    return step.equals(atStep)
        && moment == atMoment
        && (domain.isEmpty() || workflowId.endsWith("/" + domain));
  }
}
