package io.nameplate.sandbox.control;

import io.nameplate.sandbox.acme.AcmeFault;
import io.nameplate.sandbox.acme.AcmeFaults;
import io.nameplate.sandbox.acme.AcmeLog;
import io.nameplate.sandbox.acme.AcmeOperation;
import io.nameplate.sandbox.acme.AcmeProxy;
import io.nameplate.sandbox.acme.WrongCertificate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The requests that spoil the CA and read what it was asked.
public final class AcmeControl {
  private static final int MAX_SECONDS = 86_400;

  private final AcmeProxy acme;

  public AcmeControl(AcmeProxy acme) {
    this.acme = acme;
  }

  /// A fault as it is given.
  ///
  /// @param count absent: until it is removed
  /// @param certificate what is wrong with a wrong certificate: `key`, `name`, `dates`
  record Plan(
      @Nullable String fault,
      @Nullable String operation,
      @Nullable String hostname,
      @Nullable Integer count,
      @Nullable Integer retryAfterSeconds,
      @Nullable Integer delayMs,
      @Nullable String certificate) {}

  record Standing(
      long id,
      String fault,
      String operation,
      @Nullable String hostname,
      @Nullable Integer count,
      int met) {}

  record Request(
      long number,
      String at,
      String operation,
      String method,
      String path,
      String account,
      String order,
      Set<String> hostnames,
      @Nullable String replaces,
      int status,
      int toldStatus,
      @Nullable String fault,
      long durationMs) {}

  /// An order that the CA made.
  ///
  /// @param finalized how often it was finalized with success
  /// @param downloads how often its certificate was read
  record Order(
      String order,
      String account,
      Set<String> hostnames,
      @Nullable String replaces,
      String createdAt,
      long finalized,
      long downloads) {}

  /// Where a certificate's renewal window is moved.
  ///
  /// @param certificate PEM; or `hostname`, for the last one given out for it
  record Window(
      @Nullable String certificate,
      @Nullable String hostname,
      @Nullable String start,
      @Nullable String end) {}

  public List<Route> routes() {
    return List.of(
        new Route("POST", "/acme/faults", call -> add(call.as(Plan.class))),
        new Route("GET", "/acme/faults", _ -> Reply.ok(Map.of("faults", standing()))),
        new Route("DELETE", "/acme/faults", _ -> clearFaults()),
        new Route("DELETE", "/acme/faults/*", this::remove),
        new Route("GET", "/acme/requests", this::requests),
        new Route("DELETE", "/acme/requests", _ -> clearRequests()),
        new Route("GET", "/acme/orders", this::orders),
        new Route("POST", "/acme/renewal-info", call -> suggest(call.as(Window.class))));
  }

  private Reply add(Plan given) {
    var word = required("fault", given.fault());
    var fault = AcmeFault.of(word).orElseThrow(() -> unexpected("fault", word, AcmeFault.words()));
    var operation = operation(given.operation());
    var wrong = given.certificate() == null ? WrongCertificate.KEY.word() : given.certificate();
    var certificate =
        WrongCertificate.of(wrong)
            .orElseThrow(() -> unexpected("certificate", wrong, "key, name, dates"));
    int standard = fault == AcmeFault.SLOW ? 5_000 : 0;
    var added =
        acme.faults()
            .add(
                new AcmeFaults.Plan(
                    fault,
                    given.operation() == null ? fault.usualOperation() : operation,
                    Optional.ofNullable(given.hostname()),
                    Optional.ofNullable(positive("count", given.count())),
                    Duration.ofSeconds(
                        bounded("retry_after_seconds", given.retryAfterSeconds(), 5)),
                    Duration.ofMillis(bounded("delay_ms", given.delayMs(), standard)),
                    certificate));
    return Reply.created(shown(added));
  }

  /// The word `all` is every operation.
  private static Optional<AcmeOperation> operation(@Nullable String word) {
    if (word == null || word.equals("all")) {
      return Optional.empty();
    }
    return Optional.of(
        AcmeOperation.of(word)
            .orElseThrow(() -> unexpected("operation", word, AcmeOperation.words() + ", all")));
  }

  private static InputException unexpected(String field, String value, String expected) {
    return new InputException(field, "\"%s\" (expected: %s)".formatted(value, expected));
  }

  private static String required(String field, @Nullable String value) {
    if (value == null) {
      throw new InputException(field, "is missing");
    }
    return value;
  }

  private static @Nullable Integer positive(String field, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw new InputException(field, value + " (expected: 1 or more)");
    }
    return value;
  }

  private static int bounded(String field, @Nullable Integer value, int standard) {
    if (value == null) {
      return standard;
    }
    if (value < 0 || value > MAX_SECONDS) {
      throw new InputException(field, "%d (expected: 0 to %d)".formatted(value, MAX_SECONDS));
    }
    return value;
  }

  private List<Standing> standing() {
    return acme.faults().all().stream().map(AcmeControl::shown).toList();
  }

  private static Standing shown(AcmeFaults.Standing standing) {
    var plan = standing.plan();
    return new Standing(
        standing.id(),
        plan.fault().word(),
        plan.operation().map(AcmeOperation::word).orElse("all"),
        plan.hostname().orElse(null),
        plan.count().orElse(null),
        standing.met());
  }

  private Reply clearFaults() {
    acme.faults().clear();
    return Reply.nothing();
  }

  private Reply remove(Call call) {
    var id = call.lastSegment();
    boolean isNumber = id.matches("[0-9]{1,18}");
    if (!isNumber || !acme.faults().remove(Long.parseLong(id))) {
      throw new InputException("id", "\"%s\" is no fault that stands".formatted(id));
    }
    return Reply.nothing();
  }

  private Reply requests(Call call) {
    var found = acme.log().all().stream().filter(asked(call)).map(AcmeControl::shown).toList();
    return Reply.ok(Map.of("total", found.size(), "requests", found));
  }

  private static Predicate<AcmeLog.Entry> asked(Call call) {
    var operation = operation(call.parameter("operation").orElse(null));
    var hostname = call.parameter("hostname");
    return entry ->
        operation.map(entry.operation()::equals).orElse(true)
            && hostname.map(entry.hostnames()::contains).orElse(true);
  }

  private static Request shown(AcmeLog.Entry entry) {
    return new Request(
        entry.number(),
        entry.at().toString(),
        entry.operation().word(),
        entry.method(),
        entry.path(),
        entry.account(),
        entry.order(),
        entry.hostnames(),
        entry.replaces().orElse(null),
        entry.status(),
        entry.toldStatus(),
        entry.fault().map(AcmeFault::word).orElse(null),
        entry.millis());
  }

  private Reply clearRequests() {
    acme.log().clear();
    return Reply.nothing();
  }

  private Reply orders(Call call) {
    var hostname = call.parameter("hostname");
    var byOrder = new LinkedHashMap<String, Order>();
    for (var entry : acme.log().all()) {
      boolean isAsked = hostname.map(entry.hostnames()::contains).orElse(true);
      if (isAsked && !entry.order().isEmpty() && entry.status() / 100 == 2) {
        byOrder.merge(entry.order(), first(entry), (known, _) -> counted(known, entry));
      }
    }
    return Reply.ok(Map.of("total", byOrder.size(), "orders", List.copyOf(byOrder.values())));
  }

  private static Order first(AcmeLog.Entry entry) {
    var order =
        new Order(
            entry.order(),
            entry.account(),
            entry.hostnames(),
            entry.replaces().orElse(null),
            entry.at().toString(),
            0,
            0);
    return counted(order, entry);
  }

  private static Order counted(Order order, AcmeLog.Entry entry) {
    return new Order(
        order.order(),
        order.account(),
        order.hostnames(),
        order.replaces(),
        order.createdAt(),
        order.finalized() + (entry.operation() == AcmeOperation.FINALIZE ? 1 : 0),
        order.downloads() + (entry.operation() == AcmeOperation.CERTIFICATE ? 1 : 0));
  }

  private Reply suggest(Window window) throws Exception {
    var certificate =
        window.certificate() == null
            ? lastCertificate(required("hostname", window.hostname()))
            : certificate(window.certificate());
    var start = instant("start", window.start());
    var end = instant("end", window.end());
    if (!end.isAfter(start)) {
      throw new InputException("end", "%s is not after %s".formatted(end, start));
    }
    int status = acme.suggestRenewal(certificate, start, end);
    if (status != 200) {
      throw new InputException(
          "certificate", "Pebble does not know it (it answered %d)".formatted(status));
    }
    return Reply.ok(
        Map.of(
            "serial", certificate.getSerialNumber().toString(16),
            "start", start.toString(),
            "end", end.toString()));
  }

  private X509Certificate lastCertificate(String hostname) {
    return acme.lastCertificate(hostname)
        .orElseThrow(() ->
            new InputException(
                "hostname", "no certificate was given out for \"%s\"".formatted(hostname)));
  }

  private static X509Certificate certificate(String pem) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new InputException("certificate", "is no PEM certificate: " + e.getMessage());
    }
  }

  private static Instant instant(String field, @Nullable String text) {
    try {
      return Instant.parse(required(field, text));
    } catch (DateTimeException e) {
      throw new InputException(
          field, "\"%s\" (expected: a time as 2027-01-31T12:00:00Z)".formatted(text));
    }
  }
}
