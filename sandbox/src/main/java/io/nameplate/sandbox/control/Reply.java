package io.nameplate.sandbox.control;

import java.util.Map;

/// What a request is answered with; an empty body where the status is 204.
public record Reply(int status, Object body) {
  public static Reply ok(Object body) {
    return new Reply(200, body);
  }

  public static Reply created(Object body) {
    return new Reply(201, body);
  }

  public static Reply nothing() {
    return new Reply(204, Map.of());
  }
}
