package io.nameplate.e2e.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nameplate.sdk.DnsRecord;
import io.nameplate.sdk.Domain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The pretend internet of an installation, by its control HTTP (docs/sandbox.md).
public final class Sandbox {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI control;

  Sandbox(URI control) {
    this.control = control;
  }

  /// Replaces a record set.
  public void set(String name, String type, String... values) {
    post("/dns/set", Map.of("name", name, "type", type, "values", List.of(values)));
  }

  /// Removes a record set.
  public void unset(String name, String type) {
    post("/dns/unset", Map.of("name", name, "type", type));
  }

  /// Removes everything at a name.
  public void unset(String name) {
    post("/dns/unset", Map.of("name", name));
  }

  /// Makes a zone's servers answer wrongly; `none` ends it.
  public void fault(String name, String fault) {
    post("/dns/fault", Map.of("name", name, "fault", fault));
  }

  /// Sets every record a domain's answer asked for, as its owner would.
  public void setRecordsOf(Domain domain) {
    setRecords(domain.dnsRecords());
  }

  /// Sets these records; several of one name and type become one set. One request, so that all
  /// appear together.
  public void setRecords(List<DnsRecord> records) {
    var sets = new TreeMap<String, TreeSet<String>>();
    for (var record : records) {
      sets.computeIfAbsent(record.fqdn() + " " + record.type(), key -> new TreeSet<>())
          .add(record.value());
    }
    var changes =
        sets.entrySet().stream()
            .map(set -> {
              var key = set.getKey().split(" ", 2);
              return Map.of("op", "set", "name", key[0], "type", key[1], "values", set.getValue());
            })
            .toList();
    post("/dns/bulk", Map.of("changes", changes));
  }

  /// The orders that the CA has had for a name, oldest first: `order`, `replaces`, `finalized`,
  /// `downloads`.
  public List<JsonNode> orders(String hostname) {
    var orders = new ArrayList<JsonNode>();
    get("/acme/orders?hostname=" + hostname).path("orders").forEach(orders::add);
    return orders;
  }

  /// Those of them that were finalized.
  public List<JsonNode> finalizedOrders(String hostname) {
    return orders(hostname).stream().filter(order -> order.path("finalized").asInt() > 0).toList();
  }

  /// Has the CA say that the name's certificate should have been renewed by now (RFC 9773).
  public void suggestRenewal(String hostname) {
    var now = Instant.now();
    post(
        "/acme/renewal-info",
        Map.of(
            "hostname", hostname,
            "start", now.minus(Duration.ofHours(2)).toString(),
            "end", now.minus(Duration.ofHours(1)).toString()));
  }

  /// Has the CA do something wrong at an operation for a name.
  ///
  /// @param more `count`, `retry_after_seconds`, `delay_ms`
  public void acmeFault(
      String hostname, String operation, String fault, Map<String, Integer> more) {
    var plan = new HashMap<String, Object>(more);
    plan.put("fault", fault);
    plan.put("operation", operation);
    plan.put("hostname", hostname);
    post("/acme/faults", plan);
  }

  /// Asks anything else of the control HTTP.
  ///
  /// @return the answer's body
  public JsonNode post(String path, Map<String, ?> body) {
    try {
      var json = JSON.writeValueAsString(body);
      return send(
          HttpRequest.newBuilder(control.resolve(path))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(json))
              .build());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /// Reads something of the control HTTP.
  public JsonNode get(String path) {
    return send(HttpRequest.newBuilder(control.resolve(path)).GET().build());
  }

  /// Takes something of the control HTTP back.
  public void delete(String path) {
    send(HttpRequest.newBuilder(control.resolve(path)).DELETE().build());
  }

  private JsonNode send(HttpRequest request) {
    try {
      var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new IllegalStateException(
            "sandbox: %s %s gave %d %s"
                .formatted(request.method(), request.uri(), answer.statusCode(), answer.body()));
      }
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the sandbox", e);
    }
  }
}
