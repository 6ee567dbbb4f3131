package io.nameplate.e2e.promises;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Everything that was promised, one clause a line: `§4.3 what it says`. The page that maps
/// promises to tests is held against it, so that no row can be forgotten or taken out.
final class Clauses {
  private final Map<String, String> all = new LinkedHashMap<>();

  /// @param lines of the list; empty ones and those that begin with `#` say nothing
  Clauses(List<String> lines) {
    for (var line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      var parts = line.strip().split(" ", 2);
      if (parts.length < 2 || !parts[0].matches("§\\d+\\.\\d+")) {
        throw new IllegalArgumentException(
            "clause: \"%s\" (expected: §N.N and what it says)".formatted(line));
      }
      if (all.put(parts[0], parts[1]) != null) {
        throw new IllegalArgumentException("clause: %s is there twice".formatted(parts[0]));
      }
    }
  }

  /// One sentence for each clause without a row, and for each row of a clause that is not in the
  /// list.
  List<String> complaints(List<Promise> promises) {
    var shown = new HashSet<String>();
    promises.forEach(promise -> shown.add(promise.clause()));
    var forgotten =
        all.entrySet().stream()
            .filter(clause -> !shown.contains(clause.getKey()))
            .map(clause ->
                "%s \"%s\" has no row in promises.md"
                    .formatted(clause.getKey(), clause.getValue()));
    return Stream.concat(forgotten, promises.stream().map(this::unknown).flatMap(Optional::stream))
        .toList();
  }

  private Optional<String> unknown(Promise promise) {
    return all.containsKey(promise.clause())
        ? Optional.empty()
        : Optional.of(
            "promises.md:%d: clause \"%s\" is not in the list of all promises"
                .formatted(promise.line(), promise.clause()));
  }
}
