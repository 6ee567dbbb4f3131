package io.nameplate.edge;

/// What a node does with requests for a name.
public enum EntryState {
  /// Passes them to the origin.
  SERVING,
  /// Answers them with a neutral page.
  SUSPENDED,
  /// Knows the name no more: a tombstone.
  REMOVED;

  /// The word used on the wire and in the database.
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
