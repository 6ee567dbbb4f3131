package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/// Keys of `docs/configuration.md` that the caller's environment had when a copy was brought up,
/// such as `NAMEPLATE_ACME_PROFILE=twominutes`. They win over the sandbox's own values and are
/// remembered until `reset`, so that `start` and the next `up` do the same; an empty value forgets
/// one.
///
/// Only tunables: where the parts of a copy are, and what they know secretly, is the copy's own
/// affair.
record Settings(Map<String, String> variables) {
  private static final String PREFIX = "NAMEPLATE_";

  /// What `env` prints, which people export for clients; no setting of any part.
  private static final Set<String> OF_CLIENTS =
      Set.of(
          "NAMEPLATE_API_URL",
          "NAMEPLATE_API_KEY",
          "NAMEPLATE_CA_ROOT",
          "NAMEPLATE_ORIGIN",
          "NAMEPLATE_EDGE_1",
          "NAMEPLATE_EDGE_2");

  static final Set<String> TUNABLE =
      Set.of(
          "NAMEPLATE_ACME_PROFILE",
          "NAMEPLATE_ACME_RENEWAL_INFO_EVERY",
          "NAMEPLATE_DATABASE_PATIENCE",
          "NAMEPLATE_DATABASE_POOL_SIZE",
          "NAMEPLATE_DNS_ASK",
          "NAMEPLATE_MONITOR_INTERVAL",
          "NAMEPLATE_MONITOR_LOOKS_AT_ONCE",
          "NAMEPLATE_MONITOR_SHARDS",
          "NAMEPLATE_RUNS_AT_ONCE",
          "NAMEPLATE_SHUTDOWN_GRACE");

  Settings {
    variables = Map.copyOf(variables);
  }

  static Settings read(Workspace workspace) {
    Path file = file(workspace);
    if (!Files.exists(file)) {
      return new Settings(Map.of());
    }
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException e) {
      throw new Refusal(
          "%s cannot be read (%s); without it a copy has its own settings again"
              .formatted(file, e.getMessage()),
          e);
    }
    Map<String, String> variables = new TreeMap<>();
    properties.forEach((key, value) -> variables.put(key.toString(), value.toString()));
    return new Settings(variables);
  }

  /// What was known, and what this environment says besides or instead.
  Settings and(Map<String, String> environment) {
    Map<String, String> all = new TreeMap<>(variables);
    environment.forEach((key, value) -> {
      if (TUNABLE.contains(key)) {
        if (value.isBlank()) {
          all.remove(key);
        } else {
          all.put(key, value);
        }
      }
    });
    return new Settings(all);
  }

  /// One sentence for each key of the environment that looks like ours and is not taken.
  static List<String> ignored(Map<String, String> environment) {
    var sentences = new ArrayList<String>();
    for (String key : new TreeMap<>(environment).keySet()) {
      if (!key.startsWith(PREFIX) || TUNABLE.contains(key)) {
        continue;
      }
      sentences.add(
          OF_CLIENTS.contains(key)
              ? key + " of the environment is for clients and changes nothing here"
              : key
                  + " of the environment is ignored: no setting that a copy takes (those are "
                  + String.join(", ", TUNABLE.stream().sorted().toList())
                  + ")");
    }
    return sentences;
  }

  void write(Workspace workspace) {
    var properties = new Properties();
    properties.putAll(variables);
    Path file = file(workspace);
    Path whole = file.resolveSibling(file.getFileName() + ".new");
    try {
      var text = new StringWriter();
      properties.store(text, "what `up` was told");
      Files.writeString(whole, text.toString());
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Refusal(file + ": " + e.getMessage(), e);
    }
  }

  private static Path file(Workspace workspace) {
    return workspace.data().resolve("settings.properties");
  }
}
