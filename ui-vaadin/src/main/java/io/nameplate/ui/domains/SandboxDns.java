package io.nameplate.ui.domains;

import io.nameplate.sdk.DnsRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// The sandbox's DNS, which plays the provider where a customer sets records.
final class SandboxDns {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final URI control;

  SandboxDns(URI control) {
    this.control = control;
  }

  /// Sets all of them at once, each set of the same name and type in the place of the one that was
  /// there.
  ///
  /// @throws IOException if the sandbox did not
  void set(List<DnsRecord> records) throws IOException {
    var request =
        HttpRequest.newBuilder(URI.create(control + "/dns/bulk"))
            .timeout(LONGEST)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body(records)))
            .build();
    try (var http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LONGEST)
            .build()) {
      var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw new IOException("the sandbox answered " + answer.statusCode());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  static String body(List<DnsRecord> records) {
    record NameAndType(String name, String type) {}
    record Change(String op, String name, String type, List<String> values) {}
    record Changes(List<Change> changes) {}
    var sets =
        records.stream()
            .collect(
                Collectors.groupingBy(
                    record -> new NameAndType(record.fqdn(), record.type()),
                    LinkedHashMap::new,
                    Collectors.mapping(DnsRecord::value, Collectors.toList())));
    return JSON.writeValueAsString(
        new Changes(
            sets.entrySet().stream()
                .map(set ->
                    new Change("set", set.getKey().name(), set.getKey().type(), set.getValue()))
                .toList()));
  }
}
