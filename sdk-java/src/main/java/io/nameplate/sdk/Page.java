package io.nameplate.sdk;

import java.util.List;
import java.util.Optional;

/// A part of a list, and where the next part begins.
///
/// @param nextCursor given to the next call; of domains the last page has none, of events it always
///   continues
public record Page<T>(List<T> items, Optional<String> nextCursor) {

  public Page {
    items = List.copyOf(items);
  }
}
