package io.nameplate.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a bench measured and what it was to reach, printed as one JSON object:
/// `{"bench":…,"figures":{name:number},"goals":{name:[">=",number]},"met":true|false,"machine":…}`.
final class Figures {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String bench;
  private final Map<String, Double> figures = new LinkedHashMap<>();
  private final Map<String, List<Object>> goals = new LinkedHashMap<>();

  Figures(String bench) {
    this.bench = bench;
  }

  /// Notes a figure that has no goal.
  Figures put(String name, double value) {
    figures.put(name, Math.round(value * 1000) / 1000.0);
    return this;
  }

  /// Notes a figure that is to be at most `limit`.
  Figures atMost(String name, double value, double limit) {
    goals.put(name, List.of("<=", limit));
    return put(name, value);
  }

  /// Notes a figure that is to be at least `limit`.
  Figures atLeast(String name, double value, double limit) {
    goals.put(name, List.of(">=", limit));
    return put(name, value);
  }

  /// Whether every goal is reached.
  boolean met() {
    return goals.entrySet().stream().allMatch(goal -> reached(goal.getKey(), goal.getValue()));
  }

  /// The one line that programs read.
  String json() {
    var all = new LinkedHashMap<String, Object>();
    all.put("bench", bench);
    all.put("figures", figures);
    all.put("goals", goals);
    all.put("met", met());
    all.put("machine", machine());
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean reached(String name, List<Object> goal) {
    var value = figures.getOrDefault(name, Double.NaN);
    var limit = ((Number) goal.get(1)).doubleValue();
    return goal.get(0).equals("<=") ? value <= limit : value >= limit;
  }

  private static String machine() {
    return "%d cores, %s %s, Java %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.version());
  }
}
