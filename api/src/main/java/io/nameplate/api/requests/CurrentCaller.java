package io.nameplate.api.requests;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.context.ServerRequestContext;
import io.nameplate.teams.Caller;
import io.nameplate.teams.TeamId;
import java.util.Optional;

/// Whoever makes the request that the calling thread works for.
public final class CurrentCaller {
  private static final String ATTRIBUTE = "nameplate.caller";

  private CurrentCaller() {}

  /// The caller.
  ///
  /// @throws IllegalStateException outside of an authenticated request
  public static Caller get() {
    return ServerRequestContext.currentRequest()
        .flatMap(request -> request.getAttribute(ATTRIBUTE, Caller.class))
        .orElseThrow(
            () -> new IllegalStateException("no caller: the request is not authenticated"));
  }

  /// The caller's team.
  public static TeamId team() {
    return get().team();
  }

  /// Whoever made `request`; empty when it was not authenticated.
  public static Optional<Caller> of(HttpRequest<?> request) {
    return request.getAttribute(ATTRIBUTE, Caller.class);
  }

  static void set(HttpRequest<?> request, Caller caller) {
    request.setAttribute(ATTRIBUTE, caller);
  }
}
