package io.nameplate.domains;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The lines that a domain's history gets when its conditions change. Equal looks make none.
public final class Story {
  /// Well from the start, so it is only worth a line after it was not.
  private static final Set<ConditionType> QUIET_WHEN_WELL =
      EnumSet.of(ConditionType.CAA, ConditionType.ORIGIN, ConditionType.SERVING);

  private Story() {}

  /// A line: `type` is a stable word, `message` a sentence for people.
  public record Line(String type, String message, Map<String, String> data) {
    public Line {
      data = Map.copyOf(data);
    }
  }

  /// The lines, in the order in which conditions are shown.
  public static List<Line> between(
      Map<ConditionType, Condition> before, Map<ConditionType, Condition> after) {
    var lines = new ArrayList<Line>();
    for (var type : ConditionType.values()) {
      var now = after.get(type);
      if (now != null && type != ConditionType.CERTIFICATE) {
        var was = before.get(type);
        line(
            was == null ? ConditionState.WAITING : was.state(),
            was == null ? now.reason() : was.reason(),
            now,
            lines);
      }
    }
    return List.copyOf(lines);
  }

  private static void line(ConditionState was, Reason why, Condition now, List<Line> lines) {
    switch (now.state()) {
      case OK -> {
        var quiet = QUIET_WHEN_WELL.contains(now.type()) && was != ConditionState.FAILING;
        if (was != ConditionState.OK && !quiet) {
          lines.add(line(word(now.type()), now));
        }
      }
      case FAILING -> {
        if (was != ConditionState.FAILING || why != now.reason()) {
          lines.add(line(now.type().word() + "-failing", now));
        }
      }
      case UNKNOWN -> {
        if (was == ConditionState.OK && now.type() != ConditionType.SERVING) {
          lines.add(line(now.type().word() + "-unclear", now));
        }
      }
      case WAITING -> {}
    }
  }

  private static String word(ConditionType type) {
    return switch (type) {
      case OWNERSHIP -> "ownership-proved";
      case DEPLOYED -> "deployed";
      case DNS, REACH, CAA, CERTIFICATE, SERVING, ORIGIN -> type.word() + "-ok";
    };
  }

  private static Line line(String type, Condition condition) {
    return new Line(type, condition.message(), Map.of("reason", condition.reason().code()));
  }
}
