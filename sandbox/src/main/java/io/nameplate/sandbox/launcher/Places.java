package io.nameplate.sandbox.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Where everything of a copy is, for scripts (`env`) and for people (the board).
final class Places {
  private final Workspace workspace;
  private final Ports ports;

  Places(Workspace workspace, Ports ports) {
    this.workspace = workspace;
    this.ports = ports;
  }

  String json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("api_url", ports.api().url("http"));
    all.put("api_key", apiKey());
    all.put("dashboard_url", ports.dashboard().url("http"));
    all.put("temporal_ui_url", ports.temporalUi().url("http"));
    all.put("ca_root", workspace.caRoots().toString());
    all.put("dns", ports.resolver().toString());
    all.put("sandbox_url", ports.control().url("http"));
    Map<String, String> origins = new LinkedHashMap<>();
    for (Origin origin : Origin.values()) {
      origins.put(origin.label(), origin.url(ports));
    }
    all.put("origins", origins);
    all.put("edges", List.of(edge(Part.EDGE_1, 1), edge(Part.EDGE_2, 2)));
    try {
      return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("text and lists are always JSON", e);
    }
  }

  /// The same as assignments, for `eval`.
  String shell() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("NAMEPLATE_API_URL", ports.api().url("http"));
    all.put("NAMEPLATE_API_KEY", apiKey());
    all.put("NAMEPLATE_CA_ROOT", workspace.caRoots().toString());
    all.put("NAMEPLATE_ORIGIN", Origin.PLAIN.url(ports));
    all.put("NAMEPLATE_EDGE_1", ports.edgeHttps(1).toString());
    all.put("NAMEPLATE_EDGE_2", ports.edgeHttps(2).toString());
    return all.entrySet().stream()
        .map(each -> each.getKey() + "='" + each.getValue().replace("'", "'\\''") + "'")
        .collect(Collectors.joining("\n"));
  }

  String board() {
    String command = command();
    return """
    Nameplate is up.

      API           %s  (described in openapi.yaml)
      API key       %s
      dashboard     %s  (sign in with the key)
      Temporal      %s
      edges         https://%s, https://%s
      another node  %s clusters join-token %s --command  (prints what to paste)
      DNS           %s (set records: %s sandbox dns set NAME TYPE VALUE…)

    Paste this to go all the way, from "add a domain" to HTTPS on an edge:

      eval "$(%s env)"
      name=shop-$(date +%%H%%M%%S).acme.com
      domain=$(curl -s "$NAMEPLATE_API_URL/v1/domains" -H "Authorization: Bearer $NAMEPLATE_API_KEY" \\
        -H 'Content-Type: application/json' -d '{"hostname":"'$name'","origin":{"url":"'$NAMEPLATE_ORIGIN'"}}')
      id=$(echo "$domain" | grep -o 'dom_[0-9a-z]*' | head -1)
      %s sandbox dns set $name CNAME "$(echo "$domain" | grep -o '[0-9a-z-]*\\.%s' | head -1)"
      until curl -s "$NAMEPLATE_API_URL/v1/domains/$id" -H "Authorization: Bearer $NAMEPLATE_API_KEY" |
        grep -q '"status": *"active"'; do sleep 1; done
      curl -i --cacert "$NAMEPLATE_CA_ROOT" --connect-to "$name:443:$NAMEPLATE_EDGE_1" "https://$name/"
    """
        .formatted(
            ports.api().url("http"),
            workspace.demoKey(),
            ports.dashboard().url("http"),
            ports.temporalUi().url("http"),
            ports.edgeHttps(1),
            ports.edgeHttps(2),
            command,
            Setup.CLUSTER,
            ports.resolver(),
            command,
            command,
            command,
            Setup.ZONE);
  }

  /// How this copy's launcher is called from where the caller is.
  String command() {
    boolean here = workspace.root().equals(Path.of("").toAbsolutePath());
    return (here ? "./nameplate" : quoted(workspace.root().resolve("nameplate").toString()))
        + (ports.offset() == 0 ? "" : " --port-offset " + ports.offset());
  }

  /// As a shell reads it.
  static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./+:@-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private String apiKey() {
    try {
      return Files.readString(workspace.demoKey()).strip();
    } catch (IOException e) {
      throw new Refusal(
          "there is no API key yet: `%s up` makes one (%s)"
              .formatted(command(), workspace.demoKey()),
          e);
    }
  }

  private static Map<String, String> edge(String id, Address https, Address http) {
    Map<String, String> edge = new LinkedHashMap<>();
    edge.put("id", id);
    edge.put("https", https.toString());
    edge.put("http", http.toString());
    return edge;
  }

  private Map<String, String> edge(Part part, int node) {
    return edge(part.label(), ports.edgeHttps(node), ports.edgeHttp(node));
  }
}
