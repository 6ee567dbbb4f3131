package io.nameplate.domains;

import org.jspecify.annotations.Nullable;

/// The exact thing to do about a failing condition.
///
/// @param recordType the record's type, null when the fix is not about a record
/// @param fqdn the record's name without trailing dot, null likewise
/// @param value the record's value, null likewise
public record Fix(
    Action action,
    String text,
    @Nullable String recordType,
    @Nullable String fqdn,
    @Nullable String value) {

  /// What kind of act it is.
  public enum Action {
    SET_RECORD,
    REMOVE_RECORD,
    CHANGE_RECORD,
    CONTACT,
    WAIT,
    CALL;

    /// The word used on the wire and in the database.
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
