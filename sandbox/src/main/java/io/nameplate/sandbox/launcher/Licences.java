package io.nameplate.sandbox.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What we ship is made of parts under licences that Apache-2.0 gets along with: checked in both
/// bills of materials.
final class Licences {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// SPDX names and the names that POM files use; of several licences of a component, one has to be
  /// here.
  private static final Pattern FINE =
      Pattern.compile(
          "(?i)(apache.*|.*apache (software )?license.*|asl.*2.*|mit.*|.*\\bmit"
              + " license.*|bsd.*|.*bsd.*license.*|isc.*|mpl-2.*|mozilla public"
              + " license.*2.*|epl-.*|eclipse public license.*|eclipse"
              + " distribution.*|edl.*|cc0.*|public"
              + " domain.*|unlicense|0bsd|unicode.*|icu.*|postgresql.*|.*bouncy"
              + " castle.*|.*classpath.exception.*|.*\\bcpe\\b.*|blueoak.*|.*go license.*)");

  private static final Map<String, String> BY_TEXT = byText();

  private Licences() {}

  /// Refuses when a component of a CycloneDX document has no licence that is fine.
  static void check(Path sbom) {
    try {
      List<String> complaints = complaints(JSON.readTree(Files.readString(sbom)));
      if (!complaints.isEmpty()) {
        throw new Refusal(
            "licences that need a decision:%n  %s".formatted(String.join("\n  ", complaints)));
      }
    } catch (IOException e) {
      throw new Refusal(sbom + ": " + e, e);
    }
  }

  static List<String> complaints(JsonNode sbom) {
    List<String> complaints = new ArrayList<>();
    for (JsonNode component : sbom.path("components")) {
      if (component.path("group").asText().equals("io.nameplate")) {
        continue;
      }
      List<String> names = licences(component);
      if (names.stream().noneMatch(name -> FINE.matcher(name).matches())) {
        complaints.add(
            "%s:%s %s: %s"
                .formatted(
                    component.path("group").asText(),
                    component.path("name").asText(),
                    component.path("version").asText(),
                    names.isEmpty() ? "none named" : String.join(", ", names)));
      }
    }
    return complaints;
  }

  private static List<String> licences(JsonNode component) {
    List<String> names = new ArrayList<>();
    for (JsonNode each : component.path("licenses")) {
      for (JsonNode text :
          List.of(
              each.path("expression"),
              each.path("license").path("id"),
              each.path("license").path("name"))) {
        if (!text.asText().isEmpty()) {
          names.add(text.asText());
        }
      }
    }
    return names;
  }

  /// Writes the bill of materials of a Go program: the modules that are linked into it, with the
  /// licences in them.
  static void writeGo(List<String> modules, Path sbom) throws IOException {
    ObjectNode document =
        JSON.createObjectNode()
            .put("bomFormat", "CycloneDX")
            .put("specVersion", "1.6")
            .put("version", 1);
    ArrayNode components = document.putArray("components");
    Map<String, Path> folders = new TreeMap<>();
    for (String module : modules) {
      List<String> fields = List.of(module.split(" ", 3));
      if (fields.size() == 3 && !fields.get(1).isEmpty()) {
        folders.put(fields.get(0) + "@" + fields.get(1), Path.of(fields.get(2)));
      }
    }
    for (Map.Entry<String, Path> module : folders.entrySet()) {
      List<String> named = List.of(module.getKey().split("@", 2));
      ObjectNode component =
          components
              .addObject()
              .put("type", "library")
              .put("name", named.getFirst())
              .put("version", named.getLast())
              .put("purl", "pkg:golang/" + module.getKey());
      Optional<String> licence = inFolder(module.getValue());
      ArrayNode licences = component.putArray("licenses");
      licence.ifPresent(name -> licences.addObject().putObject("license").put("id", name));
    }
    Files.writeString(sbom, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document));
  }

  /// The licence whose text lies at the top of a module; empty when there is none that we know.
  private static Optional<String> inFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files
              .filter(each ->
                  each.getFileName()
                      .toString()
                      .toUpperCase(Locale.ROOT)
                      .matches("(LICEN[SC]E|COPYING|UNLICENSE).*"))
              .filter(Files::isRegularFile)
              .sorted()
              .toList()) {
        Optional<String> found = named(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  static Optional<String> named(String text) {
    String plain = text.replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    return BY_TEXT.entrySet().stream()
        .filter(each -> plain.contains(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /// A phrase that only one licence has, in the order in which they are looked for.
  private static Map<String, String> byText() {
    Map<String, String> phrases = new LinkedHashMap<>();
    phrases.put("mozilla public license", "MPL-2.0"); // its text speaks of the next three
    phrases.put("gnu affero general public license", "AGPL-3.0");
    phrases.put("gnu lesser general public license", "LGPL-3.0");
    phrases.put("gnu general public license", "GPL-3.0");
    phrases.put("apache license", "Apache-2.0");
    phrases.put("permission is hereby granted, free of charge", "MIT");
    phrases.put("redistribution and use in source and binary forms", "BSD-3-Clause");
    phrases.put("permission to use, copy, modify, and", "ISC");
    phrases.put("creative commons legal code cc0", "CC0-1.0");
    phrases.put("this is free and unencumbered software", "Unlicense");
    return phrases;
  }
}
