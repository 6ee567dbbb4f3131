package io.nameplate.ui;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An API that holds its domains in memory and lets a test change them behind the dashboard's back.
/// It plays the sandbox's control as well.
public final class ScriptedApi implements AutoCloseable {

  /// The only key it knows.
  public static final String KEY = "np_live_test";

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final TreeMap<String, ObjectNode> byHostname = new TreeMap<>();
  private final Map<String, ArrayNode> events = new HashMap<>();
  private final List<String> calls = new ArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();
  private boolean down;

  /// Starts on a free port.
  public ScriptedApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /// Where it listens.
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Adds a domain as the API would begin it, and answers its id.
  public synchronized String add(String hostname, String originUrl) {
    var id = "dom_%05d".formatted(ids.incrementAndGet());
    byHostname.put(hostname, begin(id, hostname, originUrl));
    event(id, "domain.added", hostname + " was added.");
    return id;
  }

  /// Changes a domain as it is read from now on.
  public synchronized void change(String id, Consumer<ObjectNode> change) {
    change.accept(domain(id));
  }

  /// Makes it active, with a certificate and every condition met.
  public synchronized void activate(String id) {
    change(
        id,
        domain -> {
          domain.put("status", "active");
          domain
              .withArray("conditions")
              .forEach(condition -> {
                ((ObjectNode) condition)
                    .put("state", "ok")
                    .put("reason", "met")
                    .put("message", "All is well.")
                    .put("who", "nobody")
                    .remove("fix");
              });
          domain
              .withArray("dns_records")
              .forEach(record -> ((ObjectNode) record).put("seen", true));
          domain
              .putObject("certificate")
              .put("id", "cer_1")
              .put("issuer", "Pebble Intermediate CA 1f2e3d")
              .put("serial", "4d3c2b1a00ff")
              .put("not_before", "2026-11-01T10:00:00Z")
              .put("not_after", "2027-01-30T10:00:00Z")
              .put("renew_from", "2026-12-31T10:00:00Z")
              .put(
                  "fingerprint_sha256",
                  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
          domain
              .withArray("nodes")
              .forEach(node ->
                  ((ObjectNode) node)
                      .put("state", "current")
                      .put("proved_at", "2026-11-01T10:00:04Z"));
        });
    event(id, "domain.active", "Proven on every node.");
  }

  /// Adds to a domain's history.
  public synchronized void event(String id, String type, String message) {
    var list = history(id);
    list.addObject()
        .put("id", "evt_%s_%d".formatted(id, list.size()))
        .put("type", type)
        .put("at", "2026-11-01T10:00:%02dZ".formatted(list.size() % 60))
        .put("message", message)
        .putObject("data")
        .put("request_id", "req_" + list.size());
  }

  /// Begins anew.
  public synchronized void forgetEverything() {
    byHostname.clear();
    events.clear();
    calls.clear();
    ids.set(0);
    down = false;
  }

  private ArrayNode history(String id) {
    return events.computeIfAbsent(id, none -> JSON.createArrayNode());
  }

  /// Removes a domain.
  public synchronized void remove(String id) {
    byHostname.values().removeIf(domain -> domain.get("id").stringValue().equals(id));
  }

  /// Answers nothing but 503 while it is down.
  public synchronized void down(boolean now) {
    down = now;
  }

  /// What changed something, in order: method, path and body.
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  private synchronized ObjectNode domain(String id) {
    return byHostname.values().stream()
        .filter(domain -> domain.get("id").stringValue().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      var method = exchange.getRequestMethod();
      var path = exchange.getRequestURI().getPath();
      if (!method.equals("GET")) {
        calls.add(method + " " + path + " " + new String(body, StandardCharsets.UTF_8));
      }
      if (path.equals("/dns/bulk")) {
        answer(exchange, 200, JSON.createObjectNode());
        return;
      }
      if (down) {
        problem(exchange, 503, "unavailable", "Down.");
        return;
      }
      var key = exchange.getRequestHeaders().getFirst("Authorization");
      if (!("Bearer " + KEY).equals(key)) {
        problem(exchange, 401, "unauthenticated", "No such key.");
        return;
      }
      route(exchange, method, path.split("/"), body);
    }
  }

  private void route(HttpExchange exchange, String method, String[] path, byte[] body)
      throws IOException {
    if (path[2].equals("team")) {
      answer(
          exchange,
          200,
          JSON.createObjectNode()
              .put("id", "tea_1")
              .put("name", "Acme <b>Shops</b>")
              .set("scopes", JSON.createArrayNode().add("all")));
    } else if (path.length == 3 && method.equals("GET")) {
      answer(exchange, 200, page(query(exchange)));
    } else if (path.length == 3) {
      create(exchange, JSON.readTree(body));
    } else if (byHostname.values().stream()
        .noneMatch(domain -> domain.get("id").stringValue().equals(path[3]))) {
      problem(exchange, 404, "not-found", "No such domain.");
    } else if (path.length == 4) {
      single(exchange, method, path[3], body);
    } else {
      act(exchange, path[3], path[4]);
    }
  }

  private void single(HttpExchange exchange, String method, String id, byte[] body)
      throws IOException {
    switch (method) {
      case "GET" -> answer(exchange, 200, domain(id));
      case "DELETE" -> {
        remove(id);
        exchange.sendResponseHeaders(202, -1);
      }
      default -> {
        var url = JSON.readTree(body).at("/origin/url").stringValue();
        if (!url.startsWith("http")) {
          fieldProblem(exchange, "/origin/url", "An origin begins with http:// or https://.");
          return;
        }
        ((ObjectNode) domain(id).get("origin")).put("url", url);
        answer(exchange, 200, domain(id));
      }
    }
  }

  private void act(HttpExchange exchange, String id, String action) throws IOException {
    switch (action) {
      case "events" -> {
        var from = Integer.parseInt(query(exchange).getOrDefault("cursor", "0"));
        var page = JSON.createObjectNode();
        var list = page.putArray("events");
        var all = history(id);
        for (var index = from; index < all.size(); index++) {
          list.add(all.get(index));
        }
        answer(exchange, 200, page.put("next_cursor", String.valueOf(all.size())));
      }
      case "check" -> exchange.sendResponseHeaders(202, -1);
      case "suspend" -> answer(exchange, 200, domain(id).put("status", "suspended"));
      case "resume" -> answer(exchange, 200, domain(id).put("status", "active"));
      default -> answer(exchange, 200, domain(id).put("holder", true).put("transfer", "none"));
    }
  }

  private void create(HttpExchange exchange, JsonNode request) throws IOException {
    var hostname = request.get("hostname").stringValue();
    if (!hostname.matches("[a-z0-9.-]+\\.[a-z]+")) {
      fieldProblem(
          exchange,
          "/hostname",
          "\"" + hostname + "\" is not a hostname (expected: shop.example.com).");
      return;
    }
    answer(exchange, 201, domain(add(hostname, request.at("/origin/url").stringValue())));
  }

  private ObjectNode page(Map<String, String> query) {
    var limit = Integer.parseInt(query.getOrDefault("limit", "50"));
    var page = JSON.createObjectNode();
    var list = page.putArray("domains");
    var matching =
        byHostname.tailMap(query.getOrDefault("cursor", ""), false).entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(query.getOrDefault("prefix", "")))
            .filter(entry ->
                !query.containsKey("status")
                    || entry.getValue().get("status").stringValue().equals(query.get("status")))
            .limit(limit + 1L)
            .toList();
    matching.stream().limit(limit).forEach(entry -> list.add(entry.getValue().deepCopy()));
    if (matching.size() > limit) {
      page.put("next_cursor", matching.get(limit - 1).getKey());
    }
    return page;
  }

  private static ObjectNode begin(String id, String hostname, String originUrl) {
    var domain =
        JSON.createObjectNode()
            .put("id", id)
            .put("team_id", "tea_1")
            .put("hostname", hostname)
            .put("hostname_unicode", hostname)
            .put("status", "verifying")
            .put("cluster_id", "clu_1")
            .put("holder", true)
            .put("transfer", "none")
            .put("created_at", "2026-11-01T10:00:00Z")
            .put("updated_at", "2026-11-01T10:00:00Z");
    domain.putObject("origin").put("url", originUrl).put("host_header", "visitor");
    var target = "k3v9" + id.substring(4) + ".edge.nameplate.sandbox";
    var records = domain.putArray("dns_records");
    record(records, "CNAME", hostname, target, "routing", true);
    record(records, "TXT", "_nameplate." + hostname, "np-proof=4f1c" + id, "ownership", false);
    var conditions = domain.putArray("conditions");
    var failing =
        condition(
            conditions,
            "dns",
            "failing",
            "no-such-name",
            "There is no record for " + hostname + " yet.",
            "customer");
    failing
        .putObject("fix")
        .put("action", "set_record")
        .put("text", "Add this record where the domain's DNS is kept.")
        .put("record_type", "CNAME")
        .put("fqdn", hostname)
        .put("value", target);
    failing
        .withArray("evidence")
        .addObject()
        .put("source", "ns1.dns.sandbox (127.0.53.3)")
        .put("question", hostname + " CNAME")
        .put("answer", "NXDOMAIN")
        .put("at", "2026-11-01T10:00:01Z");
    condition(
        conditions,
        "ownership",
        "waiting",
        "not-seen",
        "Nothing shows yet whose name it is.",
        "customer");
    condition(
        conditions,
        "reach",
        "unknown",
        "vantage-blind",
        "Our own test name was not reachable either.",
        "operator");
    condition(conditions, "caa", "ok", "allowed", "Any CA may issue for it.", "nobody");
    condition(
        conditions, "certificate", "waiting", "dns-first", "Ordered once DNS is right.", "nobody");
    var nodes = domain.putArray("nodes");
    nodes.addObject().put("id", "nod_1").put("name", "edge-1").put("state", "behind");
    nodes.addObject().put("id", "nod_2").put("name", "edge-2").put("state", "behind");
    return domain;
  }

  private static void record(
      ArrayNode records, String type, String fqdn, String value, String purpose, boolean required) {
    records
        .addObject()
        .put("type", type)
        .put("name", fqdn.replaceFirst("\\.[^.]+\\.[^.]+$", ""))
        .put("fqdn", fqdn)
        .put("value", value)
        .put("purpose", purpose)
        .put("required", required)
        .put("seen", false);
  }

  private static ObjectNode condition(
      ArrayNode conditions, String type, String state, String reason, String message, String who) {
    var condition =
        conditions
            .addObject()
            .put("type", type)
            .put("state", state)
            .put("reason", reason)
            .put("message", message)
            .put("who", who)
            .put("since", "2026-11-01T10:00:00Z")
            .put("next_check_at", "2026-11-01T10:00:30Z");
    condition.putArray("evidence");
    return condition;
  }

  private static Map<String, String> query(HttpExchange exchange) {
    var query = new HashMap<String, String>();
    var raw = exchange.getRequestURI().getRawQuery();
    Arrays.stream(raw == null ? new String[0] : raw.split("&"))
        .map(pair -> pair.split("=", 2))
        .forEach(pair -> query.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    return query;
  }

  private static void fieldProblem(HttpExchange exchange, String pointer, String detail)
      throws IOException {
    var problem =
        JSON.createObjectNode()
            .put("type", "https://nameplate.example/problems/invalid-field")
            .put("title", "Not accepted")
            .put("status", 422);
    problem.putArray("errors").addObject().put("pointer", pointer).put("detail", detail);
    answer(exchange, 422, problem);
  }

  private static void problem(HttpExchange exchange, int status, String code, String detail)
      throws IOException {
    answer(
        exchange,
        status,
        JSON.createObjectNode()
            .put("type", "https://nameplate.example/problems/" + code)
            .put("title", "Refused")
            .put("status", status)
            .put("detail", detail));
  }

  private static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
    var bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
