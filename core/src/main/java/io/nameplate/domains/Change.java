package io.nameplate.domains;

import java.util.List;
import java.util.stream.Stream;

/// What a run writes about a domain in one transaction.
///
/// @param conditions those that were judged
public record Change(Progress progress, List<Condition> conditions) {
  public Change {
    conditions = List.copyOf(conditions);
  }

  /// This, and then `later`, which was made from how the domain stands after this.
  public Change then(Change later) {
    return new Change(
        later.progress, Stream.concat(conditions.stream(), later.conditions.stream()).toList());
  }
}
