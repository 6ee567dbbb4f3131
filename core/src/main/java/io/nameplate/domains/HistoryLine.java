package io.nameplate.domains;

import java.time.Instant;

/// One line of a domain's history.
///
/// @param place where it stands: a later line has a greater one
/// @param type a stable word such as `status-changed`
/// @param data a JSON object
public record HistoryLine(
    EventId id, Place place, String type, Instant at, String message, String data) {

  /// A place in a history: the number of the transaction, then of the line.
  public record Place(long transaction, long line) {
    /// Before the first line.
    public static final Place START = new Place(0, 0);
  }
}
