package io.nameplate.sandbox.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// Keys of `docs/configuration.md` that the caller's environment had when a copy was brought up,
/// such as `NAMEPLATE_ACME_PROFILE=twominutes`. They win over the sandbox's own values and are
/// remembered until `reset`, so that `start` and the next `up` do the same.
record Settings(Map<String, String> variables) {
  private static final String PREFIX = "NAMEPLATE_";

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
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> variables = new TreeMap<>();
    properties.forEach((key, value) -> variables.put(key.toString(), value.toString()));
    return new Settings(variables);
  }

  /// What was known, and what this environment says besides or instead.
  Settings and(Map<String, String> environment) {
    Map<String, String> all = new TreeMap<>(variables);
    environment.forEach((key, value) -> {
      if (key.startsWith(PREFIX)) {
        all.put(key, value);
      }
    });
    return new Settings(all);
  }

  void write(Workspace workspace) {
    var properties = new Properties();
    properties.putAll(variables);
    try (var out = Files.newBufferedWriter(file(workspace))) {
      properties.store(out, "what `up` was told");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(Workspace workspace) {
    return workspace.data().resolve("settings.properties");
  }
}
