package io.nameplate.sdk;

import java.util.Optional;

/// What to do about a condition that fails.
///
/// @param text the step as a sentence
/// @param recordType the DNS record's type, where the step is about one
/// @param fqdn that record's name, without trailing dot
/// @param value that record's value, to be copied exactly
public record Fix(
    Action action,
    String text,
    Optional<String> recordType,
    Optional<String> fqdn,
    Optional<String> value) {

  /// The kind of step.
  public enum Action {
    SET_RECORD,
    REMOVE_RECORD,
    CHANGE_RECORD,
    CONTACT,
    WAIT,
    CALL,
    /// A step that this release of the client does not know; its text explains it.
    UNRECOGNIZED
  }
}
