package io.nameplate.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a bench measured and what it was to reach, printed as one JSON object:
/// `{"bench":…,"figures":{name:number},"goals":{name:[">=",number]},"met":true|false,"machine":…}`.
///
/// Goals are set before anything is measured, so that one without a figure is there as `null` and
/// not met.
final class Figures {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String bench;
  private final Map<String, Double> figures = new LinkedHashMap<>();
  private final Map<String, Goal> goals = new LinkedHashMap<>();

  private record Goal(String sign, double limit) {
    boolean reached(double value) {
      return sign.equals("<=") ? value <= limit : value >= limit;
    }
  }

  Figures(String bench) {
    this.bench = bench;
  }

  /// Asks for a figure of at most `limit`.
  Figures atMost(String name, double limit) {
    return goal(name, new Goal("<=", limit));
  }

  /// Asks for a figure of at least `limit`.
  Figures atLeast(String name, double limit) {
    return goal(name, new Goal(">=", limit));
  }

  private Figures goal(String name, Goal goal) {
    goals.put(name, goal);
    figures.put(name, Double.NaN);
    return this;
  }

  /// Notes a figure.
  ///
  /// @param value NaN when there was nothing to measure
  Figures put(String name, double value) {
    figures.put(name, value);
    return this;
  }

  /// Whether every goal is reached; one that could not be measured is not.
  boolean met() {
    return unmet().isEmpty();
  }

  /// The goals that are not reached, each with its figure.
  List<String> unmet() {
    return goals.entrySet().stream()
        .filter(goal -> !goal.getValue().reached(value(goal.getKey())))
        .map(goal ->
            "%s is %s (expected: %s %s)"
                .formatted(
                    goal.getKey(),
                    value(goal.getKey()),
                    goal.getValue().sign(),
                    goal.getValue().limit()))
        .toList();
  }

  private double value(String name) {
    return figures.getOrDefault(name, Double.NaN);
  }

  /// The one line that programs read. What could not be measured is `null`.
  String json() {
    var rounded = JSON.createObjectNode();
    figures.forEach((name, value) -> {
      if (Double.isFinite(value)) {
        rounded.put(name, Math.round(value * 1000) / 1000.0);
      } else {
        rounded.putNull(name);
      }
    });
    var limits = JSON.createObjectNode();
    goals.forEach((name, goal) -> limits.putArray(name).add(goal.sign()).add(goal.limit()));
    var all = JSON.createObjectNode().put("bench", bench);
    all.set("figures", rounded);
    all.set("goals", limits);
    all.put("met", met()).put("machine", machine());
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
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
