package io.nameplate.sandbox.control;

import io.nameplate.sandbox.dns.Dns;
import io.nameplate.sandbox.dns.DnsInputException;
import io.nameplate.sandbox.dns.QueryLog;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Type;

/// The requests that change and read the DNS.
public final class DnsControl {
  private final Dns dns;

  public DnsControl(Dns dns) {
    this.dns = dns;
  }

  /// One change.
  ///
  /// @param op `set`, `unset` or `fault`; only a bulk request has it
  record Change(
      @Nullable String op,
      @Nullable String name,
      @Nullable String type,
      @Nullable Long ttl,
      @Nullable List<String> values,
      @Nullable String fault) {}

  record Changes(@Nullable List<Change> changes) {}

  record Entry(String name, String type, long ttl, List<String> values) {}

  record Fault(String name, String fault) {}

  record Records(List<Entry> records, List<Fault> faults) {}

  record Query(String server, String name, String type, String transport, long count) {}

  record Queries(long total, List<Query> queries) {}

  public List<Route> routes() {
    return List.of(
        new Route("POST", "/dns/set", call -> one(() -> set("", call.as(Change.class)))),
        new Route("POST", "/dns/unset", call -> one(() -> unset("", call.as(Change.class)))),
        new Route("POST", "/dns/fault", call -> one(() -> fault("", call.as(Change.class)))),
        new Route("POST", "/dns/bulk", call -> bulk(call.as(Changes.class))),
        new Route("GET", "/dns/records", call -> records(call.parameter("name"))),
        new Route("GET", "/dns/queries", call -> queries(call.parameter("name"))),
        new Route("DELETE", "/dns/queries", _ -> forgetQueries()));
  }

  private static Reply one(Supplier<Object> change) {
    return Reply.ok(change.get());
  }

  private Object set(String at, Change change) {
    var values = required(at + "values", change.values());
    long ttl = change.ttl() == null ? Dns.DEFAULT_TTL_SECONDS : change.ttl();
    if (ttl < 0 || ttl > Integer.MAX_VALUE) {
      throw new InputException(at + "ttl", ttl + " (expected: 0 to 2147483647 seconds)");
    }
    var entry =
        new Dns.Entry(
            required(at + "name", change.name()),
            required(at + "type", change.type()),
            ttl,
            values);
    return at(
        at,
        () -> {
          dns.set(entry);
          return new Entry(entry.name(), entry.type(), ttl, values);
        });
  }

  private Object unset(String at, Change change) {
    var name = required(at + "name", change.name());
    return at(at, () -> Map.of("removed", dns.unset(name, Optional.ofNullable(change.type()))));
  }

  private Object fault(String at, Change change) {
    var name = required(at + "name", change.name());
    var fault = required(at + "fault", change.fault());
    return at(
        at,
        () -> {
          dns.fault(name, fault);
          return new Fault(name, fault);
        });
  }

  private static <T> T required(String field, @Nullable T value) {
    if (value == null) {
      throw new InputException(field, "is missing");
    }
    return value;
  }

  private static Object at(String at, Supplier<Object> change) {
    try {
      return change.get();
    } catch (DnsInputException e) {
      throw new InputException(at + e.field(), String.valueOf(e.getMessage()));
    }
  }

  /// In order; what stands before a wrong change is done, and the problem names that change.
  private Reply bulk(Changes bulk) {
    var changes = required("changes", bulk.changes());
    for (int i = 0; i < changes.size(); i++) {
      var change = changes.get(i);
      var at = "changes/%d/".formatted(i);
      switch (required(at + "op", change.op())) {
        case "set" -> set(at, change);
        case "unset" -> unset(at, change);
        case "fault" -> fault(at, change);
        default ->
            throw new InputException(at + "op", change.op() + " (expected: set, unset, fault)");
      }
    }
    return Reply.ok(Map.of("changes", changes.size()));
  }

  private Reply records(Optional<String> below) {
    return Reply.ok(
        at(
            "",
            () ->
                new Records(
                    dns.entries(below).stream()
                        .map(each ->
                            new Entry(each.name(), each.type(), each.ttlSeconds(), each.values()))
                        .toList(),
                    dns.faults(below).entrySet().stream()
                        .map(each -> new Fault(each.getKey(), each.getValue()))
                        .toList())));
  }

  private Reply queries(Optional<String> below) {
    return Reply.ok(
        at(
            "",
            () -> {
              var counted = dns.queries(below);
              return new Queries(
                  counted.stream().mapToLong(QueryLog.Counted::count).sum(),
                  counted.stream().map(DnsControl::shown).toList());
            }));
  }

  private static Query shown(QueryLog.Counted counted) {
    var question = counted.question();
    return new Query(
        question.server().toString(true),
        question.name().toString(true),
        Type.string(question.type()),
        question.transport().name().toLowerCase(Locale.ROOT),
        counted.count());
  }

  private Reply forgetQueries() {
    dns.forgetQueries();
    return Reply.nothing();
  }
}
