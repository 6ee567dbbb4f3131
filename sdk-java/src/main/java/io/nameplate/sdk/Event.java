package io.nameplate.sdk;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One entry of a domain's durable history.
///
/// @param type a code, such as `certificate.issued`
/// @param message a sentence for people
/// @param data details by name; values as Jackson reads JSON, nulls left out
public record Event(String id, String type, Instant at, String message, Map<String, Object> data) {

  public Event {
    data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
  }
}
