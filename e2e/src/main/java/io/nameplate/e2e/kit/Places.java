package io.nameplate.e2e.kit;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Where everything of an installation is: what `./nameplate env --json` prints, field for field.
///
/// @param origins URLs to use as origins, by name: plain, tls, echo, websocket, slow, failing
public record Places(
    @JsonProperty("api_url") URI apiUrl,
    @JsonProperty("api_key") String apiKey,
    @JsonProperty("dashboard_url") URI dashboardUrl,
    @JsonProperty("temporal_ui_url") URI temporalUiUrl,
    @JsonProperty("ca_root") Path caRoot,
    String dns,
    @JsonProperty("sandbox_url") URI sandboxUrl,
    Map<String, String> origins,
    List<Edge> edges) {

  public Places {
    origins = Map.copyOf(origins);
    edges = List.copyOf(edges);
  }

  /// An edge node's public doors, each `host:port`.
  public record Edge(String id, String https, String http) {}

  /// The URL of the origin with this name.
  ///
  /// @throws IllegalArgumentException if the sandbox has none
  public String origin(String name) {
    var url = origins.get(name);
    if (url == null) {
      throw new IllegalArgumentException(
          "origin: \"%s\" (expected: one of %s)".formatted(name, origins.keySet()));
    }
    return url;
  }
}
