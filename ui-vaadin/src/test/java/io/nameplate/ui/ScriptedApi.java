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
import java.util.Optional;
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
  private boolean singlesDown;
  private boolean held;
  private int waiting;

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
    singlesDown = false;
    releaseReadings();
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

  /// Answers 503 to whoever reads a single domain, and nothing else.
  public synchronized void singlesDown(boolean now) {
    singlesDown = now;
  }

  /// From now on answers about a single domain are made and kept back, so that they arrive old.
  public synchronized void holdReadings() {
    held = true;
    waiting = 0;
  }

  /// How many answers are kept back.
  public synchronized int waitingReadings() {
    return waiting;
  }

  /// Sends what was kept back.
  public synchronized void releaseReadings() {
    held = false;
    notifyAll();
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

  /// What it answers to one request.
  private record Answer(int status, Optional<JsonNode> body) {}

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      var method = exchange.getRequestMethod();
      var path = exchange.getRequestURI().getPath();
      var answer = decide(exchange, method, path, body);
      if (method.equals("GET") && path.matches("/v1/domains/[^/]+")) {
        waitWhileHeld();
      }
      send(exchange, answer);
    }
  }

  private synchronized Answer decide(
      HttpExchange exchange, String method, String path, byte[] body) {
    if (!method.equals("GET")) {
      calls.add(method + " " + path + " " + new String(body, StandardCharsets.UTF_8));
    }
    if (path.equals("/dns/bulk")) {
      return ok(JSON.createObjectNode());
    }
    if (down || (singlesDown && path.matches("/v1/domains/[^/]+"))) {
      return problem(503, "unavailable", "Down.");
    }
    var key = exchange.getRequestHeaders().getFirst("Authorization");
    if (!("Bearer " + KEY).equals(key)) {
      return problem(401, "unauthenticated", "No such key.");
    }
    return route(query(exchange), method, path.split("/"), body);
  }

  private synchronized void waitWhileHeld() {
    waiting += held ? 1 : 0;
    while (held) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private Answer route(Map<String, String> query, String method, String[] path, byte[] body) {
    if (path[2].equals("team")) {
      return ok(
          JSON.createObjectNode()
              .put("id", "tea_1")
              .put("name", "Acme <b>Shops</b>")
              .set("scopes", JSON.createArrayNode().add("all")));
    }
    if (path.length == 3) {
      return method.equals("GET") ? ok(page(query)) : create(JSON.readTree(body));
    }
    if (byHostname.values().stream()
        .noneMatch(domain -> domain.get("id").stringValue().equals(path[3]))) {
      return problem(404, "not-found", "No such domain.");
    }
    return path.length == 4 ? single(method, path[3], body) : act(query, path[3], path[4]);
  }

  private Answer single(String method, String id, byte[] body) {
    return switch (method) {
      case "GET" -> ok(domain(id));
      case "DELETE" -> {
        remove(id);
        yield new Answer(202, Optional.empty());
      }
      default -> {
        var url = JSON.readTree(body).at("/origin/url").stringValue();
        if (!url.startsWith("http")) {
          yield fieldProblem("/origin/url", "An origin begins with http:// or https://.");
        }
        ((ObjectNode) domain(id).get("origin")).put("url", url);
        yield ok(domain(id));
      }
    };
  }

  private Answer act(Map<String, String> query, String id, String action) {
    return switch (action) {
      case "events" -> ok(events(id, Integer.parseInt(query.getOrDefault("cursor", "0"))));
      case "check" -> new Answer(202, Optional.empty());
      case "suspend" -> ok(domain(id).put("status", "suspended"));
      case "resume" -> ok(domain(id).put("status", "active"));
      default -> ok(domain(id).put("holder", true).put("transfer", "none"));
    };
  }

  private ObjectNode events(String id, int from) {
    var page = JSON.createObjectNode();
    var list = page.putArray("events");
    var all = history(id);
    for (var index = from; index < all.size(); index++) {
      list.add(all.get(index));
    }
    return page.put("next_cursor", String.valueOf(all.size()));
  }

  private Answer create(JsonNode request) {
    var hostname = request.get("hostname").stringValue();
    if (!hostname.matches("[a-z0-9.-]+\\.[a-z]+")) {
      return fieldProblem(
          "/hostname", "\"" + hostname + "\" is not a hostname (expected: shop.example.com).");
    }
    var id = add(hostname, request.at("/origin/url").stringValue());
    return new Answer(201, Optional.of(domain(id).deepCopy()));
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

  private static Answer fieldProblem(String pointer, String detail) {
    var problem =
        JSON.createObjectNode()
            .put("type", "https://nameplate.example/problems/invalid-field")
            .put("title", "Not accepted")
            .put("status", 422);
    problem.putArray("errors").addObject().put("pointer", pointer).put("detail", detail);
    return new Answer(422, Optional.of(problem));
  }

  private static Answer problem(int status, String code, String detail) {
    return new Answer(
        status,
        Optional.of(
            JSON.createObjectNode()
                .put("type", "https://nameplate.example/problems/" + code)
                .put("title", "Refused")
                .put("status", status)
                .put("detail", detail)));
  }

  /// The state as it is now, whatever becomes of it before the answer is sent.
  private static Answer ok(JsonNode body) {
    return new Answer(200, Optional.of(body.deepCopy()));
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    if (answer.body().isEmpty()) {
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    var bytes = JSON.writeValueAsBytes(answer.body().get());
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
