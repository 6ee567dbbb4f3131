package io.nameplate.api.requests;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.web.router.RouteAttributes;
import io.nameplate.api.problems.ProblemException;
import io.nameplate.api.problems.ProblemKind;
import io.nameplate.teams.ApiKey;
import io.nameplate.teams.Caller;
import io.nameplate.teams.Callers;
import io.nameplate.teams.Scope;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/// Finds the team behind the bearer key of every request under `/v1` and checks what the key may
/// do.
@ServerFilter("/v1/**")
final class Authentication {
  /// A revoked key is refused everywhere after this, at most five seconds.
  private static final Duration REMEMBERED = Duration.ofSeconds(4);

  private static final int REMEMBERED_KEYS = 10_000;
  private static final String SCHEME = "Bearer ";

  private final Callers callers;
  private final Clock clock;
  private final Cache<String, Optional<Caller>> known =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(REMEMBERED_KEYS).build();

  Authentication(Callers callers, Clock clock) {
    this.callers = callers;
    this.clock = clock;
  }

  @RequestFilter
  @ExecuteOn(TaskExecutors.BLOCKING)
  void authenticate(HttpRequest<?> request) {
    var caller =
        key(request)
            .flatMap(this::caller)
            .filter(it -> it.goodAt(clock.instant()))
            .orElseThrow(() ->
                new ProblemException(
                    ProblemKind.UNAUTHENTICATED,
                    "Send an API key as \"Authorization: Bearer np_live_…\"."));
    checkScopes(request, caller);
    CurrentCaller.set(request, caller);
  }

  private Optional<Caller> caller(ApiKey key) {
    var hash = key.hash();
    return known.get(HexFormat.of().formatHex(hash), _ -> callers.find(hash));
  }

  private static Optional<ApiKey> key(HttpRequest<?> request) {
    var header = request.getHeaders().get("Authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    var secret = header.substring(SCHEME.length()).strip();
    return ApiKey.isOne(secret) ? Optional.of(new ApiKey(secret)) : Optional.empty();
  }

  /// A request that matches no route goes on, to its 404 or 405.
  private static void checkScopes(HttpRequest<?> request, Caller caller) {
    var route = RouteAttributes.getRouteMatch(request);
    if (route.isEmpty()) {
      return;
    }
    var annotations = route.get().getAnnotationMetadata();
    if (!annotations.hasAnnotation(Needs.class)) {
      throw new ProblemException(ProblemKind.SCOPE_MISSING, "No key may do this.");
    }
    for (var scope : annotations.enumValues(Needs.class, Scope.class)) {
      if (!caller.scopes().contains(scope)) {
        throw new ProblemException(
            ProblemKind.SCOPE_MISSING, "The key lacks the scope %s.".formatted(scope.word()));
      }
    }
  }
}
