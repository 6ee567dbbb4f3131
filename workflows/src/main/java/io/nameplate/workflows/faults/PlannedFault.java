package io.nameplate.workflows.faults;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A fault at a named point, once: written `DomainDeploy:after:lose-reply`.
///
/// @param step the step's name, as Temporal shows it
public record PlannedFault(String step, Moment moment, Kind kind) {
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z]+):(before|after):(kill|lose-reply)");

  /// Where in the step.
  public enum Moment {
    /// Nothing was done yet.
    BEFORE,
    /// Everything was done, nobody knows yet.
    AFTER
  }

  /// What happens.
  public enum Kind {
    /// The process ends at once, as by `kill -9`.
    KILL,
    /// The step's result is lost; it is tried again.
    LOSE_REPLY
  }

  /// Reads the written form; empty if it is not one.
  public static Optional<PlannedFault> parse(String line) {
    var match = FORM.matcher(line.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new PlannedFault(
            match.group(1),
            Moment.valueOf(match.group(2).toUpperCase(Locale.ROOT)),
            Kind.valueOf(match.group(3).toUpperCase(Locale.ROOT).replace('-', '_'))));
  }

  boolean strikes(String atStep, Moment atMoment) {
    return step.equals(atStep) && moment == atMoment;
  }
}
