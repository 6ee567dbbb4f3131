package io.nameplate.e2e.bench;

import java.time.Duration;
import java.util.List;

/// Times that were measured, and what they come to.
record Durations(List<Duration> sorted) {
  Durations {
    sorted = sorted.stream().sorted().toList();
  }

  /// The nearest-rank percentile in seconds; NaN when nothing was measured.
  ///
  /// @param percent above 0, up to 100
  double seconds(double percent) {
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    var rank = (int) Math.ceil(percent / 100 * sorted.size());
    return sorted.get(Math.max(rank, 1) - 1).toNanos() / 1e9;
  }
}
