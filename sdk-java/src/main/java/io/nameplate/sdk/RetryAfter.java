package io.nameplate.sdk;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// The header of that name (RFC 9110 §10.2.3): seconds, or a date. Anything else counts as absent.
final class RetryAfter {

  private RetryAfter() {}

  static Optional<Duration> in(HttpHeaders headers) {
    return headers
        .firstValue("Retry-After")
        .flatMap(text -> parse(text.strip(), headers.firstValue("Date")));
  }

  private static Optional<Duration> parse(String text, Optional<String> now) {
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      // Measured by the server's own clock where it tells it, so that a wrong one here does no
      // harm.
      var from = now.map(RetryAfter::date).orElseGet(Instant::now);
      var wait = Duration.between(from, date(text));
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Instant date(String text) {
    return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }
}
