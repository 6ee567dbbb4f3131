package io.nameplate.app;

import io.nameplate.clusters.JoinCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Settings, from environment variables. Each key is described in `docs/configuration.md`; a bad
/// value stops the start and names its key. An empty value counts as none.
public record Environment(Map<String, String> variables) {

  public Environment {
    variables = Map.copyOf(variables);
  }

  /// Of this process.
  public static Environment ofProcess() {
    return new Environment(System.getenv());
  }

  /// A text, if it is set.
  public Optional<String> text(String key) {
    return Optional.ofNullable(variables.get(key)).map(String::strip).filter(s -> !s.isEmpty());
  }

  /// A text, or `otherwise`.
  public String text(String key, String otherwise) {
    return text(key).orElse(otherwise);
  }

  /// A text that has to be set.
  public String required(String key) {
    return text(key).orElseThrow(() -> new ConfigurationException(key, "has to be set"));
  }

  /// A path that has to be set.
  public Path path(String key) {
    return Path.of(required(key));
  }

  /// A whole number from `least` on, or `otherwise`.
  public int number(String key, int otherwise, int least) {
    var text = text(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      var number = Integer.parseInt(text.get());
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw bad(key, text.get(), "a whole number");
    }
    throw bad(key, text.get(), "a whole number from " + least + " on");
  }

  /// A time such as `30s`, `5m`, `PT1H` or `500ms`, or `otherwise`.
  public Duration duration(String key, Duration otherwise) {
    var text = text(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    var given = text.get();
    try {
      if (given.endsWith("ms")) {
        return Duration.ofMillis(Long.parseLong(given.substring(0, given.length() - 2)));
      }
      return Duration.parse(given.startsWith("P") ? given : "PT" + given);
    } catch (DateTimeParseException | NumberFormatException e) {
      throw bad(key, given, "a time such as 30s, 5m or 500ms");
    }
  }

  /// A switch: `true` or `false`, or `otherwise`.
  public boolean flag(String key, boolean otherwise) {
    return switch (text(key, Boolean.toString(otherwise))) {
      case "true" -> true;
      case "false" -> false;
      case String other -> throw bad(key, other, "true or false");
    };
  }

  /// Texts between commas; none when it is not set.
  public List<String> list(String key) {
    return text(key).stream()
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /// Host and port, as `127.0.0.1:14000` or `[::1]:14000`, or `otherwise`.
  public HostAndPort address(String key, String otherwise) {
    var given = text(key, otherwise);
    return HostAndPort.parse(given)
        .orElseThrow(() -> bad(key, given, "host:port, such as 127.0.0.1:14000"));
  }

  /// How a new join token is used, if the operator has said so.
  public Optional<JoinCommand> joinCommand() {
    var key = "NAMEPLATE_EDGE_JOIN_OPTIONS";
    try {
      return text(key).map(JoinCommand::new);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(key, String.valueOf(e.getMessage()));
    }
  }

  private static ConfigurationException bad(String key, String value, String expected) {
    return new ConfigurationException(key, "\"%s\" (expected: %s)".formatted(value, expected));
  }
}
